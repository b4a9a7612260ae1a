#!/usr/bin/env python3
"""Makes the pictures of docs/guide/dashboard.md: pictures.py PROGRAMS, the folder of the built programs."""

import base64
import pathlib
import sys
import time

import run

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = HERE.parent.parent / "docs" / "images"


def save(driver, name, width, height):
    data = driver.execute_cdp_cmd("Page.captureScreenshot", {
        "format": "png", "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}})["data"]
    (IMAGES / f"dashboard-{name}.png").write_bytes(base64.b64decode(data))


def main(programs):
    reason = run.have_selenium()
    if reason:
        sys.exit(f"no pictures: {reason}")
    from browser_checks import at, browser, look, text
    from scene import Scene, Served, shop, until
    scene = Scene(programs)
    driver = None
    try:
        shop(scene)
        child = scene.start("git", "uet", "run", "--workers", "2")
        name = scene.run_id()
        served = Served(scene)
        driver = browser(scene)
        driver.get(served.url)
        driver.get(at(served, f"/runs/{name}"))
        until("work that has ended and work that goes on", lambda: "succeeded" in text(driver, "#work")
              and "running" in text(driver, "#work") and text(driver, "#phases"), 60)
        time.sleep(0.5)
        save(driver, "run", 1280, 860)
        child.wait(60)
        driver.get(at(served, f"/runs/{name}/reviews"))
        driver.execute_script("document.querySelector('details').open = true")
        save(driver, "reviews", 1280, 820)
        look(driver, True, 360, 740)
        driver.get(at(served, f"/runs/{name}"))
        until("the phases", lambda: text(driver, "#phases"))
        save(driver, "narrow", 360, 740)
    finally:
        if driver:
            driver.quit()
        scene.close()


if __name__ == "__main__":
    main(sys.argv[1])
