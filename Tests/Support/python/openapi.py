"""Checks an OpenAPI document, and what was exchanged by it.

    openapi.py DOCUMENT

Ends with an error unless openapi-spec-validator takes the document. Reads a JSON array of exchanges from
standard input and writes an array of as many answers: what is wrong with each, null if nothing is.

    exchange                                                   what it is held to
    {"method", "path", "status", "mediaType", "body"}          the response of the operation
    {"schema", "body"}                                         the component of this name
    {"method", "path", "request"}                              the request body of the operation
"""

import json
import sys

from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE = "urn:document"


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = json.load(file)
        validate(self.root)
        resource = Resource.from_contents(self.root, default_specification=DRAFT202012)
        self.registry = Registry().with_resource(BASE, resource)

    def resolve(self, node):
        """The part of the document that a node refers to, or the node itself."""
        while "$ref" in node:
            target = self.root
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def schema(self, exchange):
        if "schema" in exchange:
            return self.root["components"]["schemas"][exchange["schema"]]
        operation = self.root["paths"][exchange["path"]][exchange["method"].lower()]
        if "request" in exchange:
            return operation["requestBody"]["content"]["application/json"]["schema"]
        responses = operation["responses"]
        status = str(exchange["status"])
        if status not in responses and exchange["status"] < 400:
            raise KeyError(f"status {status} is not described")
        response = self.resolve(responses.get(status) or responses["default"])
        return response["content"][exchange["mediaType"]]["schema"]

    def mistake(self, exchange):
        try:
            schema = self.schema(exchange)
        except KeyError as error:
            return f"not described: {error}"
        # References of a schema are to the document it stands in.
        absolute = json.loads(json.dumps(schema).replace('"#/', f'"{BASE}#/'))
        validator = OAS31Validator(
            absolute, registry=self.registry, format_checker=oas31_format_checker
        )
        body = exchange["request"] if "request" in exchange else exchange["body"]
        mistakes = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(body)]
        return "; ".join(mistakes) or None


exchanges = json.load(sys.stdin)
document = Document(sys.argv[1])
json.dump([document.mistake(exchange) for exchange in exchanges], sys.stdout)
