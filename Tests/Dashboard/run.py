#!/usr/bin/env python3
"""Asks the real dashboard: run.py PROGRAMS [NAME...]; PROGRAMS is the folder of the built programs.

By HTTP always; in a browser where Chromium, its driver and selenium are there (a virtual environment named by
UET_SELENIUM, or made here where pip has it). What is skipped is said. NAME picks the checks whose names hold it.
"""

import faulthandler
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def have_selenium():
    """Makes selenium importable; gives why not, where it is not to be had."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"no {program}"
    if importlib.util.find_spec("selenium"):
        return None
    place = os.environ.get("UET_SELENIUM") or str(pathlib.Path(tempfile.gettempdir()) / "uet-selenium")
    python = f"{place}/bin/python"
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", place], check=False, capture_output=True)
    done = subprocess.run([python, "-m", "pip", "install", "-q", "selenium==4.27.1"], capture_output=True, text=True)
    if done.returncode != 0:
        return "no selenium: " + (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    found = subprocess.run([python, "-c", "import selenium, os; print(os.path.dirname(os.path.dirname(selenium.__file__)))"],
                           capture_output=True, text=True)
    sys.path.append(found.stdout.strip())
    return None if importlib.util.find_spec("selenium") else "no selenium"


def main(arguments):
    programs, names = arguments[0], arguments[1:]
    # A check that waits for ever says where.
    faulthandler.dump_traceback_later(1200, exit=True)
    import http_checks
    checks = [(check, "") for check in http_checks.CHECKS]
    reason = have_selenium()
    if reason is None:
        import browser_checks
        checks += [(check, "browser ") for check in browser_checks.CHECKS]
    passed = failed = 0
    for check, kind in checks:
        name = kind + check.__name__
        if names and not any(each in name for each in names):
            continue
        start = time.monotonic()
        try:
            check(programs)
            passed += 1
            print(f"ok      {name} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
    skipped = 0
    if reason is not None:
        skipped = 1
        print(f"skipped all checks in a browser: {reason}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
