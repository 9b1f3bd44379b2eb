"""Starts ministack and moto on this machine, and asks their key services what the vault needs of one.

The cases are the local key service's own (tools/local/src/key_service/conformance), as are the lists of
what the two cannot do. Arguments: the programs ministack and moto_server, then the command to run.
"""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, process, log):
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"test-keys: {url} does not answer:\n{log.read_text()[-3000:]}")


def start(folder, name, command, variables):
    log = folder / f"{name}.log"
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-west-2", **variables}
    with open(log, "w") as file:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=file, stderr=file)
    return process, log


def main():
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    ministack, moto, *command = sys.argv[1:]
    ministack, moto = pathlib.Path(ministack).absolute(), pathlib.Path(moto).absolute()
    ports = {name: free_port() for name in ("ministack", "moto")}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    started = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        try:
            variables = {"GATEWAY_PORT": str(ports["ministack"]), "BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0"}
            started.append(start(folder, "ministack", [ministack], variables))
            started.append(start(folder, "moto", [moto, "-H", "127.0.0.1", "-p", str(ports["moto"])], {}))
            for (process, log), path in zip(started, ("/_ministack/health", "/moto-api/")):
                wait_for(urls[log.stem] + path, process, log)
            found = {"MINISTACK_URL": urls["ministack"], "MOTO_URL": urls["moto"]}
            return subprocess.run(command, env={**os.environ, **found}, check=False).returncode
        finally:
            for process, _ in started:
                process.terminate()
            for process, _ in started:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


if __name__ == "__main__":
    sys.exit(main())
