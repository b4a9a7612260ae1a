"""What Chromium makes of the pages, through its driver."""

import json
import re
import subprocess
import time

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from http_checks import large, sh, tell
from scene import CONFIGURATION, HOSTILE, Scene, Served, bundle, json_text, shop, until

CHECKS = []


def check(body):
    def with_browser(programs):
        scene, browsers = Scene(programs), []
        try:
            body(scene, lambda **more: browsers.append(browser(scene, **more)) or browsers[-1])
        finally:
            for each in browsers:
                each.quit()
            scene.close()
    with_browser.__name__ = body.__name__
    CHECKS.append(with_browser)
    return with_browser


def browser(scene, dark=False, width=1280, height=900):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    place = scene.root / f"profile-{time.monotonic_ns()}"
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 f"--user-data-dir={place}"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    look(driver, dark, width, height)
    return driver


def look(driver, dark, width, height=900):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def complaints(driver):
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")
            and "favicon" not in entry["message"]]


def at(served, path):
    return f"http://127.0.0.1:{served.port}{path}"


def text(driver, query="main"):
    return driver.execute_script("return document.querySelector(arguments[0])?.innerText || ''", query)


def opened(scene, browse, page):
    """A dashboard of the scene and a browser that is let in, at a page."""
    served, driver = Served(scene), browse()
    driver.get(served.url)
    driver.get(at(served, page))
    return served, driver


@check
def a_run_changes_before_ones_eyes(scene, browse):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 30, 300)
    run = scene.run_id()
    served = Served(scene)
    driver = browse()
    driver.get(served.url)
    assert driver.current_url == at(served, "/"), "the token is gone from the address"
    driver.get(at(served, f"/runs/{run}"))
    # What a person is doing stays: focus, a place of scrolling, typed words, an open part.
    words = driver.find_element(By.ID, "words")
    words.send_keys("ws-part")
    driver.execute_script("window.scrollTo(0, 200); window.kept = document.getElementById('words')")
    place = "return Math.round(window.kept.getBoundingClientRect().top)"
    before = driver.execute_script(place)
    driver.execute_script("""
        window.seen = 0;
        new MutationObserver(() => {
          if (!window.seen && document.getElementById('event-list').innerText.includes('a reason'))
            window.seen = performance.now();
        }).observe(document.getElementById('main'), {childList: true, subtree: true, characterData: true});
        window.asked = performance.now();""")
    start = driver.execute_script("return performance.now()")
    tell(filler, "a reason")
    seen = until("the event", lambda: driver.execute_script("return window.seen"))
    print(f"        an event was in the page {seen - start:.0f} ms after it was asked for")
    until("the table", lambda: "PAUSED" in text(driver, "h1"))
    assert driver.execute_script("return document.activeElement === window.kept && window.kept.value") == "ws-part"
    assert abs(driver.execute_script(place) - before) <= 2, "what is looked at stays where it is"
    until("what a reader says", lambda: "a reason" in driver.execute_script(
        "return document.getElementById('announce').textContent"))
    assert complaints(driver) == []


@check
def after_a_kill_it_goes_on(scene, browse):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 10, 100)
    run = scene.run_id()
    served, driver = opened(scene, browse, f"/runs/{run}")
    tell(filler, "before")
    until("the event", lambda: "before" in text(driver, "#event-list"))
    driver.execute_script("window.same = true")
    served.kill()
    tell(filler, "between")
    until("the word of it", lambda: "does not answer" in text(driver, "#line"))
    second = Served(scene, address=f"127.0.0.1:{served.port}")
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    driver.get(second.url)
    driver.switch_to.window(first)
    until("what was missed", lambda: "between" in text(driver, "#event-list"), 40)
    tell(filler, "after")
    until("what comes then", lambda: "after" in text(driver, "#event-list"))
    assert driver.execute_script("return window.same") and text(driver, "#line") == ""


@check
def hostile_words_do_nothing(scene, browse):
    texts = [t for t in HOSTILE if "\x1b" not in t and "\n" not in t]
    work = "".join(
        bundle(f"ws-{number}", f"{number}.txt", f"printf '%s\\n' {sh(words)} | tee {number}.txt\n"
               f"git uet signal progress 10 {sh(words)}\n" + ("exit 1" if number % 2 else "true"),
               tasks=[words], review=True) for number, words in enumerate(texts))
    scene.commit({".uet/config.yaml": CONFIGURATION,
                  "workstreams/a.yaml": f"phase: {json_text(texts[1])}\nworkstreams:\n" + work})
    scene.start("git", "uet", "run").communicate(timeout=120)
    run = scene.run_id()
    served = Served(scene)
    driver = browse()
    driver.get(served.url)
    paths = ["/", "/plan", f"/runs/{run}", f"/runs/{run}/reviews"]
    for number in range(len(texts)):
        paths += [f"/runs/{run}/ws-{number}", f"/runs/{run}/ws-{number}?view=log",
                  f"/runs/{run}/ws-{number}?view=diff"]
    for path in paths:
        driver.get(at(served, path))
        found = driver.execute_script("""
            return [document.title, document.scripts.length, document.querySelectorAll(
              'img,iframe,base,style,object,embed,[onload],[onerror],main script').length,
              [...document.querySelectorAll('a[href],form[action]')].filter(
                e => new URL(e.getAttribute('href') || e.getAttribute('action'), location).origin
                  !== location.origin).length]""")
        assert "owned" not in found[0].split(" - git uet")[0] or found[0].startswith("ws-"), found
        assert found[1:] == [1, 0, 0], (path, found)
        assert complaints(driver) == [], path
    # The words are there, as words.
    driver.get(at(served, f"/runs/{run}/ws-1?view=log"))
    assert texts[1] in text(driver), text(driver)


@check
def by_keyboard_alone(scene, browse):
    shop(scene, slow=False)
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    served, driver = opened(scene, browse, f"/runs/{run}")
    body = driver.switch_to.active_element
    body.send_keys(Keys.TAB)
    assert driver.switch_to.active_element.text == "to the content"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    names = []
    for _ in range(60):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        names.append(driver.execute_script(
            "const e = document.activeElement; return e.innerText || e.ariaLabel || e.name || e.nodeName"))
    assert "ws-checkout-mail" in names and "words" in names, names
    driver.find_element(By.LINK_TEXT, "ws-checkout-mail").send_keys(Keys.ENTER)
    until("the workstream", lambda: "ws-checkout-mail" in text(driver, "h1"))
    for _ in range(30):
        driver.switch_to.active_element.send_keys(Keys.TAB)
        if driver.execute_script("return document.activeElement.matches('form button')"):
            break
    assert driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    driver.switch_to.active_element.send_keys(Keys.ENTER)
    until("the answer", lambda: "to be tried again" in text(driver, ".notice"))


@check
def names_for_a_screen_reader(scene, browse):
    shop(scene, slow=False)
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    served = Served(scene)
    driver = browse()
    driver.get(served.url)
    for path in ("/", f"/runs/{run}", f"/runs/{run}/ws-checkout-mail", f"/runs/{run}/reviews", "/plan", "/compare"):
        driver.get(at(served, path))
        tree = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = {}
        for node in tree:
            if node.get("ignored"):
                continue
            role = node["role"]["value"]
            name = node.get("name", {}).get("value", "")
            roles.setdefault(role, []).append(name)
            if role in ("button", "link", "textbox", "searchbox", "combobox", "table", "region", "navigation"):
                assert name.strip(), (path, node)
        assert len(roles["main"]) == 1 and len([n for n in roles["heading"]]) >= 1, path
        levels = driver.execute_script("return [...document.querySelectorAll('h1,h2,h3')].map(e => +e.nodeName[1])")
        assert levels[0] == 1 and all(b - a <= 1 for a, b in zip(levels, levels[1:])), (path, levels)
        ids = driver.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), (path, [i for i in ids if ids.count(i) > 1])


@check
def narrow_and_wide_light_and_dark(scene, browse):
    shop(scene, slow=False)
    for _ in range(2):
        scene.start("git", "uet", "run").communicate(timeout=60)
    run, other = [line.split()[0] for line in scene.git("uet", "runs").splitlines()]
    served = Served(scene)
    driver = browse()
    driver.get(served.url)
    paths = ["/", f"/runs/{run}", f"/runs/{run}/ws-checkout-mail?view=log", f"/runs/{run}/ws-catalogue-api?view=diff",
             f"/runs/{run}/ws-catalogue-api?view=gates", f"/runs/{run}/reviews", "/plan",
             f"/compare?before={other}&after={run}"]
    for dark in (False, True):
        for width in (360, 768, 1280):
            look(driver, dark, width)
            for path in paths:
                driver.get(at(served, path))
                assert driver.execute_script("return document.documentElement.scrollWidth") <= width, (path, width)
                faint = driver.execute_script(CONTRAST)
                assert faint == [], (path, dark, width, faint[:5])


# Every text on the ground that is behind it, as the browser computed both.
CONTRAST = """
const channel = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c;
  }
  return [255, 255, 255];
};
const bad = [];
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('svg') || e.closest('.hidden') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) bad.push([e.nodeName, e.className, e.textContent.slice(0, 30), ratio]);
}
return bad;
"""


@check
def a_log_grows_and_stays_at_its_end(scene, browse):
    scene.commit({".uet/config.yaml": CONFIGURATION, "workstreams/a.yaml": "phase: one\nworkstreams:\n" + bundle(
        "ws-talk", "a.txt", "for n in $(seq 1 400); do printf 'line %s\\033[31m red\\033[0m\\n' $n; "
        f"[ $n -lt 100 ] || [ -e {scene.root}/go ] || while [ ! -e {scene.root}/go ]; do sleep 0.05; done; "
        "done; echo a > a.txt")})
    child = scene.start("git", "uet", "run")
    run = scene.run_id()
    served, driver = opened(scene, browse, f"/runs/{run}/ws-talk?view=log")
    until("the first lines", lambda: "line 99 red" in text(driver))
    until("its end in sight", lambda: driver.execute_script(
        "const e = document.querySelector('pre'); return e.scrollHeight - e.scrollTop - e.clientHeight < 30"))
    (scene.root / "go").touch()
    until("the last lines", lambda: "line 400 red" in text(driver))
    assert driver.execute_script(
        "const e = document.querySelector('pre'); return e.scrollHeight - e.scrollTop - e.clientHeight < 60")
    assert complaints(driver) == []
    child.wait(60)


@check
def without_a_script(scene, browse):
    shop(scene, slow=False)
    scene.start("git", "uet", "run").communicate(timeout=60)
    run = scene.run_id()
    served = Served(scene)
    driver = browse()
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    driver.get(served.url)
    driver.get(at(served, f"/runs/{run}/ws-checkout-mail"))
    driver.find_element(By.CSS_SELECTOR, "form button").click()
    until("the answer", lambda: driver.find_elements(By.CSS_SELECTOR, ".notice.good"))


@check
def two_thousand_workstreams(scene, browse):
    scene.commit({"a.txt": "a"})
    filler = large(scene, 2000, 20_000)
    run = scene.run_id()
    served, driver = opened(scene, browse, f"/runs/{run}")
    until("the phases", lambda: "phase 20" in text(driver))
    until("the pictures", lambda: "When each phase was worked on" in text(driver), 60)
    nodes = driver.execute_script("return document.querySelectorAll('*').length")
    assert nodes < 4000, nodes
    driver.find_element(By.LINK_TEXT, "phase 3").click()
    until("its workstreams", lambda: "ws-part-200" in text(driver) and "ws-part-50\n" not in text(driver))
    tell(filler, "on a large run")
    until("the event", lambda: "on a large run" in text(driver, "#event-list"))
    assert complaints(driver) == []
