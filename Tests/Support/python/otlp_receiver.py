"""Takes spans as a collector does, with OpenTelemetry's own messages and grpcio, until standard input ends.

    otlp_receiver.py PROTOS [CERTIFICATE KEY AUTHORITY]

Prints one object a line: the port first, and whether each of the contracts in PROTOS declares what this package's does; then
one for each call with its spans. A line of input, which is acknowledged, says how the next call that has not been answered yet is to be: a status by
its name, "throttled" for RESOURCE_EXHAUSTED with a delay, "partial" for a success that leaves a span out; without one it is
taken.
"""

import queue
import subprocess
import sys
import tempfile
from concurrent import futures

import grpc
from google.protobuf import any_pb2, descriptor_pb2, duration_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as service_grpc
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from lines import tell

FILES = [common_pb2, resource_pb2, trace_pb2, service]


def proto(file):
    """What a file declares, without JSON names, which not every compiler writes down."""
    declared = descriptor_pb2.FileDescriptorProto()
    declared.CopyFrom(file)
    declared.ClearField("source_code_info")
    pending = list(declared.message_type)
    while pending:
        message = pending.pop()
        pending += message.nested_type
        for field in message.field:
            field.ClearField("json_name")
    return declared.SerializeToString(deterministic=True)


def compare(protos):
    """Whether the vendored contracts are the package's, file by file."""
    names = [module.DESCRIPTOR.name for module in FILES]
    with tempfile.NamedTemporaryFile() as output:
        subprocess.run(["protoc", f"-I{protos}", f"--descriptor_set_out={output.name}", *names], check=True)
        vendored = descriptor_pb2.FileDescriptorSet.FromString(output.read())
    same = {}
    for module, file in zip(FILES, vendored.file):
        own = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(own)
        same[file.name] = proto(own) == proto(file)
    return same


def value(any_value):
    kind = any_value.WhichOneof("value")
    return getattr(any_value, kind) if kind else None


def plain(attributes):
    return {pair.key: value(pair.value) for pair in attributes}


def spans(request):
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield {
                    "resource": {key: str(item) for key, item in plain(resource.resource.attributes).items()},
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "state": span.trace_state,
                    "flags": span.flags,
                    "name": span.name,
                    "kind": trace_pb2.Span.SpanKind.Name(span.kind),
                    "nanoseconds": span.end_time_unix_nano - span.start_time_unix_nano,
                    "attributes": {key: str(item) for key, item in plain(span.attributes).items()},
                    "events": [event.name for event in span.events],
                    "links": [link.span_id.hex() for link in span.links],
                    "status": trace_pb2.Status.StatusCode.Name(span.status.code),
                    "message": span.status.message,
                }


def throttled():
    """RESOURCE_EXHAUSTED with google.rpc.RetryInfo, which has one field, the delay."""
    delay = duration_pb2.Duration(nanos=1_000_000).SerializeToString()
    info = any_pb2.Any(
        type_url="type.googleapis.com/google.rpc.RetryInfo", value=bytes([10, len(delay)]) + delay
    ).SerializeToString()
    # google.rpc.Status: code, then details.
    return bytes([8, grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], 26, len(info)]) + info


class Collector(service_grpc.TraceServiceServicer):
    def __init__(self):
        self.answers = queue.Queue()

    def Export(self, request, context):
        try:
            answer = self.answers.get_nowait()
        except queue.Empty:
            answer = ""
        metadata = {key: text for key, text in context.invocation_metadata() if isinstance(text, str)}
        tell({"answer": answer, "metadata": metadata, "spans": list(spans(request))})
        if answer == "throttled":
            context.set_trailing_metadata([("grpc-status-details-bin", throttled())])
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "later")
        if answer == "partial":
            partial = service.ExportTracePartialSuccess(rejected_spans=1, error_message="one is too old")
            return service.ExportTraceServiceResponse(partial_success=partial)
        if answer:
            context.abort(grpc.StatusCode[answer], "as told")
        return service.ExportTraceServiceResponse()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    protos, *credentials = sys.argv[1:]
    collector = Collector()
    server = grpc.server(futures.ThreadPoolExecutor(4))
    service_grpc.add_TraceServiceServicer_to_server(collector, server)
    if credentials:
        certificate, key, authority = map(read, credentials)
        port = server.add_secure_port(
            "localhost:0", grpc.ssl_server_credentials([(key, certificate)], authority, True))
    else:
        port = server.add_insecure_port("localhost:0")
    server.start()
    tell({"port": port, "same": compare(protos)})
    for line in sys.stdin:
        collector.answers.put(line.strip())
        tell({"queued": line.strip()})
    server.stop(None).wait()


main()
