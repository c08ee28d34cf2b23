import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.pages import FOLDER, add_pages
from service.schemas import ProblemDetails

Client = Callable[..., TestClient]

OUTSIDE = re.compile(r"""(?:https?:)?//[a-z0-9]|url\(|@import|\beval\b|innerHTML|document\.write""")
PATHS = ["/docs", "/static/docs.js", "/static/docs.css"]


@pytest.mark.parametrize("path", PATHS)
def test_pages_are_served_with_a_policy_that_loads_nothing_from_outside(client: Client, path: str) -> None:
    answer = client().get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_files_name_nothing_outside(path: Path) -> None:
    text = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert not OUTSIDE.search(text)
    for link in re.findall(r"""(?:src|href)=["']([^"']+)""", text):
        assert link.startswith("/") or link in ("tel:110", "data:,")


def test_the_documentation_asks_for_no_more_than_is_served(client: Client) -> None:
    service = client()
    for link in re.findall(r"""(?:src|href)="([^"]+)""", service.get("/docs").text):
        assert service.get(link).status_code == 200


def test_without_pages_there_are_none(client: Client) -> None:
    service = client(page=False)
    assert {service.get(path).status_code for path in [*PATHS, "/"]} == {404}
    assert service.get("/openapi.json").status_code == 200


def test_a_page_that_is_put_in_the_folder_is_served_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>", "utf-8")
    app = FastAPI()
    add_pages(app, tmp_path)
    answer = TestClient(app).get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def document(client: Client, **settings: Any) -> dict[str, Any]:
    told: dict[str, Any] = client(**settings).get("/openapi.json").json()
    return told


def test_every_route_and_every_error_has_an_example(client: Client) -> None:
    told = document(client)
    assert set(told["paths"]) >= {"/v1/score", "/v1/score/batch", "/v1/info", "/healthz", "/readyz", "/metrics"}
    for operations in told["paths"].values():
        for operation in operations.values():
            assert operation["description"]
            for status, response in operation["responses"].items():
                for media_type, content in response["content"].items():
                    assert (media_type == "application/problem+json") == (status != "200")
                    assert "examples" not in content or content["examples"]
                    for each in content.get("examples", {}).values():
                        assert status == "200" or ProblemDetails.model_validate(each["value"]).status == int(status)
                assert any({"example", "examples"} & each.keys() for each in response["content"].values())


def test_examples_of_requests_are_accepted(client: Client) -> None:
    service, told = client(), document(client)
    for path, operations in told["paths"].items():
        if "post" in operations:
            body = operations["post"]["requestBody"]["content"].get("application/json", {"examples": {}})
            for example in body["examples"].values():  # a picture has none
                assert service.post(path, json=example["value"]).status_code == 200


def test_every_reference_leads_somewhere(client: Client) -> None:
    told = document(client)
    names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(told)))
    assert names <= set(told["components"]["schemas"])
    assert {"ScoreRequest", "BatchRequest", "Finding", "ProblemDetails"} <= names
    assert "HTTPValidationError" not in told["components"]["schemas"]


def test_the_description_names_the_limits_and_the_key_that_are_set(client: Client) -> None:
    told = document(client, max_text=99, max_batch=7, api_keys="first-key-0123456789")
    schemas = told["components"]["schemas"]
    assert schemas["ScoreRequest"]["properties"]["text"]["maxLength"] == 99
    assert schemas["BatchRequest"]["properties"]["texts"]["maxItems"] == 7
    assert told["paths"]["/v1/score"]["post"]["security"]
    assert "security" not in told["paths"]["/healthz"]["get"]
    assert "securitySchemes" not in document(client)["components"]
