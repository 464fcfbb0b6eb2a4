"""Reads metrics in Prometheus' text format from standard input with Prometheus' own client; writes its samples as JSON."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

print(
    json.dumps(
        [
            {
                "name": sample.name,
                "labels": sample.labels,
                "value": sample.value,
                "type": family.type,
            }
            for family in text_string_to_metric_families(sys.stdin.read())
            for sample in family.samples
        ]
    )
)
