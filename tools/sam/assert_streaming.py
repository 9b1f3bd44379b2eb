"""Asserts which routes of the deployed API stream.

Owns one question that neither `sam validate` nor `sam validate --lint` asks. SAM streams a route whose
event says `ResponseTransferMode: RESPONSE_STREAM`; any other value, `STREAM` among them, passes both
checks and deploys a buffered route. A binary that streams answers 502 on a buffered route, and one that
does not answers 502 on a streamed route, so every route of a streaming function must stream and no other.

Works offline: the template is transformed as on AWS, and the API it becomes is read.

    python tools/sam/assert_streaming.py [template.yaml]
"""

import logging
import os
import sys
from pathlib import Path

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

REGION = "us-west-2"
STREAMED_ROUTE = ("POST", "/convo_turn/stream")
STREAMING_BINARIES = {"convo-stream", "exports"}


def transform(template):
    """The template as CloudFormation gets it, without asking AWS anything."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    # Before packaging the code is a folder, which only a package's address may stand for here.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://bucket/key"
    managed_policies = {
        name: f"arn:aws:iam::aws:policy/{name}" for name in ("AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess")
    }
    defaults = {
        name: parameter["Default"]
        for name, parameter in template.get("Parameters", {}).items()
        if "Default" in parameter
    }
    return Translator(managed_policies, Parser()).translate(template, defaults)


def routes(transformed):
    """Every proxied route: (method, path) -> the integration."""
    found = {}
    for resource in transformed["Resources"].values():
        if resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        for path, methods in resource["Properties"]["Body"]["paths"].items():
            for method, operation in methods.items():
                integration = operation.get("x-amazon-apigateway-integration", {})
                if integration.get("type") == "aws_proxy":
                    found[(method.upper(), path)] = integration
    return found


def streams(integration):
    """True or False; None where the integration is half of each."""
    mode = integration.get("responseTransferMode", "BUFFERED") == "STREAM"
    uri = integration["uri"]["Fn::Sub"].endswith("/response-streaming-invocations")
    return mode if mode == uri else None


def problems(template, found):
    binaries = {
        name: resource.get("Metadata", {}).get("BuildProperties", {}).get("Binary")
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    if STREAMED_ROUTE not in found:
        yield f"{' '.join(STREAMED_ROUTE)} is not a route"
    for (method, path), integration in sorted(found.items()):
        uri = integration["uri"]["Fn::Sub"]
        binary = next((b for name, b in binaries.items() if "${" + name + ".Arn}" in uri), None)
        wanted = binary in STREAMING_BINARIES
        if (method, path) == STREAMED_ROUTE and not wanted:
            yield f"{method} {path} belongs to {binary}, which does not stream"
        if streams(integration) is not wanted:
            yield f"{method} {path} of {binary} {'does not stream' if wanted else 'streams'}"


def main(path):
    logging.disable(logging.CRITICAL)
    source = path.read_text(encoding="utf-8")
    found = routes(transform(yaml_parse(source)))
    faults = list(problems(yaml_parse(source), found))
    if faults:
        print(f"streaming: FAILED: {'; '.join(faults)}")
        return 1
    streamed = sorted(f"{method} {route}" for (method, route), i in found.items() if streams(i))
    print(f"streaming: ok: {', '.join(streamed)}; the other {len(found) - len(streamed)} routes are buffered")
    return 0


if __name__ == "__main__":
    default = Path(__file__).resolve().parents[2] / "template.yaml"
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else default))
