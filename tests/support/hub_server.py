"""A local server that speaks the Hub's API for data sets, for tests with the real client.

    with HubServer() as hub:
        subprocess.run([...], env=hub.environment())

It holds everything in memory: repositories with a history of commits, and large files by their digest. Requests are
recorded. `hold(method, part)` makes the next matching request wait without an answer, so that a client can be killed in
the middle of a push.
"""

import base64
import hashlib
import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self  # Any: JSON
from urllib.parse import unquote, urlsplit

USER = "tester"
TOKEN = "hf_" + "token-of-the-tester"


@dataclass
class Blob:
    """The content of a file; `lfs` when it is stored by its SHA-256."""

    content: bytes
    lfs: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def oid(self) -> str:
        """The id that git gives to the file, or to the pointer of a large one."""
        content = self.content
        if self.lfs:
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {len(content)}\n"
            content = pointer.encode()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class Repo:
    """One data set: its commits, oldest first, each a whole tree of files."""

    private: bool
    commits: list[tuple[str, dict[str, Blob]]] = field(default_factory=list)

    def commit(self, files: dict[str, Blob]) -> str:
        """Add a commit; returns its id."""
        names = "".join(f"{path} {blob.oid}\n" for path, blob in sorted(files.items()))
        sha = hashlib.sha1(f"{len(self.commits)}\n{names}".encode()).hexdigest()
        self.commits.append((sha, files))
        return sha

    def tree(self, revision: str) -> tuple[str, dict[str, Blob]] | None:
        """(id, files) of a revision; None when it is not known."""
        found = [commit for commit in self.commits if revision in ("main", commit[0])]
        return found[-1] if found else None


class HubServer:
    """The server, running while the block runs."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.large: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.held = threading.Event()
        self._holding: list[tuple[str, str]] = []
        self._release = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def environment(self, home: Path, token: str = TOKEN) -> dict[str, str]:
        """The environment of a client of this server; its caches lie in `home`. An empty token is none."""
        gone = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE")
        kept = {name: value for name, value in os.environ.items() if name not in gone}
        own = {"HF_ENDPOINT": self.url, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(home), "NO_PROXY": "127.0.0.1"}
        return kept | own | ({"HF_TOKEN": token} if token else {})

    def count(self, method: str, part: str) -> int:
        """Requests so far of that method whose path contains `part`."""
        return sum(method == done and part in path for done, path in self.requests)

    def hold(self, method: str, part: str) -> None:
        """The next such request gets no answer; `held` is set when it has come."""
        self._holding.append((method, part))

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a data set's last commit."""
        return {path: blob.content for path, blob in self.repos[name].commits[-1][1].items()}

    def _handler(hub) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # the handler has a self of its own
        class Handler(_Handler):
            server_of = hub

        return Handler


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: HubServer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(self._get)

    def do_HEAD(self) -> None:
        self._serve(self._get)

    def do_POST(self) -> None:
        self._serve(self._post)

    def do_PUT(self) -> None:
        self._serve(self._put)

    def _serve(self, answer: Callable[[str, bytes], None]) -> None:
        hub = self.server_of
        path = unquote(urlsplit(self.path).path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        hub.requests.append((self.command, path))
        for hold in hub._holding:
            if self.command == hold[0] and hold[1] in path:
                hub._holding.remove(hold)
                hub.held.set()
                hub._release.wait()
                self.close_connection = True
                return
        try:
            with hub._lock:
                answer(path, body)
        except ConnectionError:  # the client was killed
            self.close_connection = True

    def _get(self, path: str, _: bytes) -> None:
        parts = path.strip("/").split("/")
        if path == "/api/whoami-v2":
            self._json({"type": "user", "name": USER, "orgs": []} if self._known else _error("Invalid token"), 401)
        elif parts[:2] == ["api", "datasets"]:
            self._info("/".join(parts[2:4]), parts[4:])
        elif parts[0] == "datasets" and parts[3:4] == ["resolve"]:
            self._file("/".join(parts[1:3]), parts[4], "/".join(parts[5:]))
        else:
            self._json(_error("not found"), 404)

    def _post(self, path: str, body: bytes) -> None:
        parts = path.strip("/").split("/")
        if path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif not self._known:
            self._json(_error("Invalid username or password."), 401)
        elif path == "/api/repos/create":
            self._create(json.loads(body))
        elif parts[-1] == "verify":
            self._json({})
        elif path.endswith(".git/info/lfs/objects/batch"):
            self._batch(json.loads(body))
        elif (repo := self.server_of.repos.get("/".join(parts[2:4]))) is None:
            self._json(_error("Repository not found"), 404, code="RepoNotFound")
        elif parts[4] == "preupload":
            self._preupload(repo, json.loads(body))
        elif parts[4] == "commit":
            self._commit("/".join(parts[2:4]), [json.loads(line) for line in body.splitlines()])
        elif parts[4] == "paths-info":
            self._paths(repo, parts[5], body)
        else:
            self._json(_error("not found"), 404)

    def _put(self, path: str, body: bytes) -> None:
        digest = path.rpartition("/")[2]
        if hashlib.sha256(body).hexdigest() != digest:
            self._json(_error("wrong digest"), 400)
            return
        self.server_of.large[digest] = body
        self._json({})

    def _create(self, given: dict[str, Any]) -> None:
        name = f"{given.get('organization') or USER}/{given['name']}"
        private = given.get("visibility") == "private" or bool(given.get("private"))
        if not name.startswith(f"{USER}/"):
            self._json(_error(f"You don't have the rights to create a dataset under {name}"), 403)
            return
        there = name in self.server_of.repos
        if not there:
            repo = self.server_of.repos[name] = Repo(private)
            repo.commit({".gitattributes": Blob(b"*.parquet filter=lfs\n", lfs=False)})
        self._json({"url": f"{self.server_of.url}/datasets/{name}"}, 409 if there else 200)

    def _batch(self, given: dict[str, Any]) -> None:
        host = f"http://{self.headers['Host']}"
        objects = []
        for wanted in given["objects"]:
            row = {"oid": wanted["oid"], "size": wanted["size"]}
            if wanted["oid"] not in self.server_of.large:
                href = f"{host}/large/{wanted['oid']}"
                row["actions"] = {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}
            objects.append(row)
        self._json({"transfer": "basic", "objects": objects}, kind="application/vnd.git-lfs+json")

    def _preupload(self, repo: Repo, given: dict[str, Any]) -> None:
        _, files = repo.commits[-1]
        rows = []
        for file in given["files"]:
            row = {"path": file["path"], "shouldIgnore": False, "uploadMode": "regular"}
            if file["path"].endswith(".parquet"):
                row["uploadMode"] = "lfs"
            if blob := files.get(file["path"]):
                row["oid"] = blob.sha256 if blob.lfs else blob.oid
            rows.append(row)
        self._json({"files": rows})

    def _commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        repo = self.server_of.repos[name]
        files = dict(repo.commits[-1][1])
        for line in lines:
            value = line["value"]
            match line["key"]:
                case "file":
                    files[value["path"]] = Blob(base64.b64decode(value["content"]), lfs=False)
                case "lfsFile":
                    files[value["path"]] = Blob(self.server_of.large[value["oid"]], lfs=True)
                case "deletedFile":
                    del files[value["path"]]
                case "header" if value.get("parentCommit", repo.commits[-1][0]) != repo.commits[-1][0]:
                    self._json(_error("A commit has happened since. Please refresh and try again."), 412)
                    return
        sha = repo.commit(files)
        url = f"{self.server_of.url}/datasets/{name}/commit/{sha}"
        self._json({"commitUrl": url, "commitOid": sha, "success": True})

    def _info(self, name: str, rest: list[str]) -> None:
        repo = self.server_of.repos.get(name)
        if repo is None or (repo.private and not self._known):
            self._json(_error("Repository not found"), 404, code="RepoNotFound")
            return
        revision = rest[1] if len(rest) > 1 else "main"
        found = repo.tree(revision)
        if found is None:
            self._json(_error(f"Invalid rev id: {revision}"), 404, code="RevisionNotFound")
        elif rest[:1] == ["tree"]:
            self._json(_tree(found[1], "/".join(rest[2:]), "recursive" in self.path.lower()))
        elif rest[:1] in ([], ["revision"]):
            row = {"id": name, "sha": found[0], "private": repo.private, "tags": [], "downloads": 0, "likes": 0}
            row["siblings"] = [{"rfilename": path} for path in sorted(found[1])]
            self._json(row | {"lastModified": "2026-01-01T00:00:00.000Z"})
        else:
            self._json(_error("not found"), 404)

    def _paths(self, repo: Repo, revision: str, body: bytes) -> None:
        found = repo.tree(revision)
        files = found[1] if found else {}
        try:
            wanted = json.loads(body)["paths"]
        except ValueError:  # a form
            wanted = [unquote(part.partition("=")[2]) for part in body.decode().split("&") if part.startswith("paths=")]
        self._json([_entry(path, files[path]) for path in wanted if path in files])

    def _file(self, name: str, revision: str, path: str) -> None:
        repo = self.server_of.repos.get(name)
        found = repo.tree(revision) if repo and (self._known or not repo.private) else None
        if found is None:
            self._json(_error("Repository not found"), 404, code="RepoNotFound")
            return
        blob = found[1].get(path)
        if blob is None:
            self._json(_error("Entry not found"), 404, code="EntryNotFound")
            return
        first, last = self._range(len(blob.content))
        content = blob.content[first : last + 1]
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("X-Repo-Commit", found[0])
        self.send_header("ETag", f'"{blob.sha256 if blob.lfs else blob.oid}"')
        self.send_header("Accept-Ranges", "bytes")
        if "Range" in self.headers:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(blob.content)}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _range(self, size: int) -> tuple[int, int]:
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        return int(first), min(int(last), size - 1) if last else size - 1

    @property
    def _known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _json(self, row: Any, status: int = 200, code: str = "", kind: str = "application/json") -> None:
        """Answer with JSON; `status` is that of an error."""
        failed = isinstance(row, dict) and "error" in row
        content = json.dumps(row).encode()
        self.send_response(status if failed or status == 409 else 200)
        if code:
            self.send_header("X-Error-Code", code)
        if failed:
            self.send_header("X-Error-Message", row["error"])
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _error(words: str) -> dict[str, str]:
    return {"error": words}


def _entry(path: str, blob: Blob) -> dict[str, Any]:
    row: dict[str, Any] = {"type": "file", "path": path, "oid": blob.oid, "size": len(blob.content)}
    if blob.lfs:
        row["lfs"] = {"oid": blob.sha256, "size": len(blob.content), "pointerSize": 130}
    return row


def _tree(files: dict[str, Blob], folder: str, recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{folder}/" if folder else ""
    rows: dict[str, dict[str, Any]] = {}
    for path, blob in sorted(files.items()):
        if not path.startswith(prefix):
            continue
        inner = path.removeprefix(prefix).split("/")
        for depth in range(1, len(inner)):
            if recursive or depth == 1:
                name = prefix + "/".join(inner[:depth])
                rows[name] = {
                    "type": "directory",
                    "path": name,
                    "oid": hashlib.sha1(name.encode()).hexdigest(),
                    "size": 0,
                }
        if recursive or len(inner) == 1:
            rows[path] = _entry(path, blob)
    return list(rows.values())
