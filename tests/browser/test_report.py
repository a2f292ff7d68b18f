"""The report in a real browser: by mouse, by keyboard, on paper and under attack."""

from __future__ import annotations

from itertools import product

import pytest
from sweeps import sample

from reconciler.model.plan import plan_to_json
from reconciler.render.html import vendor

from . import pages
from .conftest import Open, Opened

ENDPOINT = "#change-6"


def cells(shown: Opened, row: int = 0) -> list[str]:
    found = shown.page.locator("#change tbody tr").nth(row).locator("th, td")
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def test_it_loads_nothing_and_complains_of_nothing(day: Opened) -> None:
    day.page.fill("#search", "fraud")
    day.page.keyboard.press("ArrowDown")
    day.page.click("#theme")
    day.settle()
    assert day.asked == [day.file.as_uri()]
    assert day.said == []


def test_what_is_lost_comes_first(day: Opened) -> None:
    assert day.page.title().startswith("Plan prod: 1 change is refused")
    assert "2 changes destroy data or service" in day.text(".verdict")
    loud = day.text(".loud")
    assert "removes objects older than 30 days" in loud
    assert "environments/prod.yaml does not allow loss of records" in loud
    assert "deletes it and makes a new one" in loud
    first = ["acme-prod-transactions-123456789012", "acme-prod-merchant-v1"]
    assert day.names()[:2] == first
    facts = day.text(".facts")
    assert all(each in facts for each in ("123456789012", "eu-west-1", "4f2c9e1d00ff", "31"))
    assert "Monitor/fraud-drift is deferred" in day.text(".findings")


def test_a_loud_line_leads_to_its_change(day: Opened) -> None:
    day.page.click("a[data-change='1']")
    assert day.text("#change-title") == "acme-prod-merchant-v1"
    assert "its records are lost" in day.text("#change .alarm")
    assert day.page.evaluate("document.activeElement.id") == "change"


def test_a_change_stands_side_by_side_with_its_line_and_its_spec(show: Open) -> None:
    shown = show(pages.day(), fragment=ENDPOINT)
    where = pages.at(pages.ROLLOUT, "instanceType")
    assert cells(shown, 1) == [
        "Variants.primary.InstanceType",
        "ml.c6i.xlarge",
        "ml.c6i.2xlarge",
        f"{where.file}:{where.line}",
    ]
    assert shown.page.locator("#change tbody tr:nth-child(2) del").inner_text() == "xlarge"
    assert shown.page.locator("#change tbody tr:nth-child(2) ins").inner_text() == "2xlarge"
    here = shown.page.locator(f"#change .spec li[data-line='{where.line}']")
    assert "here" in here.get_attribute("class")
    assert "instanceType: ${endpointInstanceType}" in here.inner_text()
    assert "then verified: live config" in shown.text("#change")
    assert "acme-prod-fraud-51ab07" in shown.text("#change .pairs")


def test_what_is_made_shows_its_values(show: Open) -> None:
    shown = show(pages.day(), fragment="#change-4")
    assert cells(shown, 1) == ["ExecutionRoleArn", "(Arn of acme-prod-fraud-hosting)"]
    assert "Image: 763104351884.dkr" in cells(shown, 3)[1]


def test_search_looks_at_names_values_and_files(day: Opened) -> None:
    for words, found in (
        ("2xlarge", ["acme-prod-fraud-51ab07", "acme-prod-fraud"]),
        ("SNS oncall", ["acme-prod-fraud-oncall"]),
        ("customer.yaml", ["acme-prod-customer-v2"]),
        ("no-such-thing", []),
    ):
        day.page.fill("#search", words)
        assert day.names() == found
    assert day.page.is_visible("#nothing")
    day.page.click("#clear")
    assert len(day.names()) == 11
    assert day.page.input_value("#search") == ""


def test_filters_by_action_type_and_file(day: Opened) -> None:
    day.page.click("#actions >> text=create")
    assert len(day.names()) == 2
    day.page.click("#actions >> text=delete")
    assert len(day.names()) == 3
    day.page.click("#actions >> text=create")
    day.page.click("#actions >> text=delete")
    day.page.click("#actions >> text=lost, opened or refused")
    assert len(day.names()) == 2
    day.page.click("#actions >> text=lost, opened or refused")
    day.page.select_option("#types", "AWS::SageMaker::FeatureGroup")
    assert len(day.names()) == 2
    assert day.text("#count") == "2 of 11"
    day.page.select_option("#files", pages.CUSTOMER)
    assert day.names() == ["acme-prod-customer-v2"]


def test_everything_goes_by_keyboard(day: Opened) -> None:
    press = day.page.keyboard.press
    press("/")
    assert day.page.evaluate("document.activeElement.id") == "search"
    day.page.keyboard.type("fraud")
    press("ArrowDown")
    assert day.page.evaluate("document.activeElement.id") == "list"
    before = day.text("#change-title")
    press("ArrowDown")
    assert day.text("#change-title") != before
    active = day.page.get_attribute("#list", "aria-activedescendant")
    assert day.page.get_attribute(f"#{active}", "aria-selected") == "true"
    press("End")
    press("Home")
    assert day.text("#change-title") == before
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert day.page.evaluate(outline) == "solid"
    press("Enter")
    assert day.page.evaluate("document.activeElement.id") == "change"
    press("Escape")
    assert day.page.evaluate("document.activeElement.id") == "list"


def test_the_graph_is_drawn_and_a_click_selects(drawn: Opened) -> None:
    assert drawn.page.locator("#canvas canvas").count() > 0
    box = drawn.page.locator("#canvas").bounding_box()
    titles = set()
    for step in range(1, 24):  # along the middle row of boxes
        for height in (0.2, 0.26, 0.34):
            x, y = box["x"] + box["width"] * step / 24, box["y"] + box["height"] * height
            drawn.page.mouse.click(x, y)
            titles.add(drawn.text("#change-title"))
    assert len(titles) > 3
    assert drawn.said == []


def test_the_graph_zooms_by_keys_and_buttons(drawn: Opened) -> None:
    shot = drawn.page.locator("#canvas").screenshot
    drawn.page.focus("#canvas")
    for act in (
        lambda: drawn.page.keyboard.press("+"),
        lambda: drawn.page.keyboard.press("ArrowLeft"),
        lambda: drawn.page.click("#farther"),
        lambda: drawn.page.click("#fit"),
    ):
        before = shot()
        act()
        drawn.settle()
        assert shot() != before


def test_without_the_library_the_graph_is_text(show: Open) -> None:
    shown = show(pages.day(), libraries=())
    assert "without the graph library" in shown.text("#graph-section")
    assert shown.page.is_hidden("#canvas")
    assert "waits for" in shown.text("#edge-text")
    shown.page.click(".row >> nth=3")
    assert shown.text("#change-title") == "acme-prod-customer-v2"
    assert shown.said == []


def test_the_graph_is_there_as_text(day: Opened) -> None:
    day.page.click("#edges summary")
    lines = day.page.locator("#edge-text li").all_inner_texts()
    wanted = "~ SageMaker Endpoint acme-prod-fraud waits for + SageMaker EndpointConfig"
    assert any(line.startswith(wanted) for line in lines)


def test_nothing_in_a_spec_becomes_markup(show: Open) -> None:
    shown = show(*pages.hostile())
    shown.page.click("a[data-change]")
    shown.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown.settle()
    assert shown.page.title().startswith("Plan </script>")
    assert shown.page.locator("img").count() == 0
    assert shown.page.locator("a[href^='javascript']").count() == 0
    assert shown.page.locator("body script:not([type])").count() == 1 + len(vendor.libraries())
    assert "<img src=x onerror=alert(1)>" in shown.text("#change-title")
    assert "<img src=x onerror=alert(1)>" in shown.text("#change .spec")
    assert (shown.asked, shown.said) == ([shown.file.as_uri()], [])


def test_the_policy_lets_no_other_script_run_and_nothing_load(day: Opened) -> None:
    failed = []
    day.page.on("requestfailed", lambda request: failed.append(request.failure))
    day.page.evaluate(
        "() => { const made = document.createElement('script');"
        " made.textContent = 'document.title = 1'; document.body.append(made);"
        " const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; }"
    )
    day.settle()
    assert day.page.title() != "1"
    assert failed == ["csp"]
    assert len(day.said) == 2


def test_drift_goes_from_live_to_declared_by_why_and_says_who(show: Open) -> None:
    plan, context = pages.drifted()
    data = plan_to_json(plan)
    data["steps"][0]["by"] = pages.HANDS
    shown = show(data, context)
    verdict = "3 resources differ from the specs: 2 changed by hand, 1 unknown who"
    assert verdict in shown.text(".verdict")
    assert "1 resource is owned by another" in shown.text(".verdict")
    assert shown.text("#count") == "3, and 1 owned by another"
    chips = shown.page.locator("#actions button").all_inner_texts()
    assert {*chips} == {"changed by hand 2", "unknown who 1", "owned by another 1"}
    assert shown.names() == [
        "acme-prod-fraud-latency", "acme-prod-alerts", "acme-prod-raw", "acme-prod-fraud",
    ]  # fmt: skip
    signs = shown.page.locator("#rows .sign").all_inner_texts()
    assert signs == ["~", "+", "~", "="]
    heads = shown.page.locator("#change thead th").all_inner_texts()
    assert heads[1:3] == ["Live", "Declared"]
    assert cells(shown)[:3] == ["Threshold", "400000", "250000"]
    assert shown.page.locator("#change tbody del").inner_text() == "400000"
    assert shown.page.locator("#change tbody ins").inner_text() == "250000"
    assert "changed by hand" in cells(shown)[3]
    assert "by alice (human) through console, 2026-11-20 14:02Z" in shown.text("#change")
    shown.page.click("#actions >> text=owned by another")
    assert shown.text("#count") == "0 of 3, and 1 owned by another"
    assert cells(shown)[:3] == ["DesiredInstanceCount", "6", "2"]
    assert "an apply leaves it" in shown.text("#change")


def test_nothing_to_do_is_said(show: Open) -> None:
    shown = show(pages.plans.plan())
    assert "Nothing to do" in shown.text(".verdict")
    assert shown.page.locator("#work").count() == 0
    assert shown.said == []


def test_paper_has_every_change_in_full_and_in_light(show: Open) -> None:
    shown = show(pages.day(), color_scheme="dark")
    shown.page.emulate_media(media="print")
    shown.settle()
    assert shown.page.locator(".paper .sheet").count() == 11
    assert shown.page.is_hidden("#work")
    assert "ml.c6i.2xlarge" in shown.text(".paper")
    ground = "getComputedStyle(document.querySelector('.top')).backgroundColor"
    assert shown.page.evaluate(ground) == "rgb(255, 255, 255)"
    assert len(shown.page.pdf()) > 10_000


def test_five_thousand_changes_stay_a_short_list(show: Open) -> None:
    shown = show(pages.large(5000))
    assert shown.text("#count") == "5000"
    assert shown.page.evaluate("document.querySelectorAll('*').length") < 1000
    shown.page.focus("#list")
    shown.page.keyboard.press("End")
    assert shown.text("#change-title") == "acme-prod-04999"
    assert shown.names()[-1] == "acme-prod-04999"
    last = shown.page.locator(".row").last
    assert last.get_attribute("aria-posinset") == last.get_attribute("aria-setsize") == "5000"
    shown.page.fill("#search", "team-3 sns")
    shown.settle()
    assert shown.text("#count").endswith("of 5000")
    assert 0 < len(shown.names()) < 60


@pytest.mark.parametrize(
    ("what", "scheme"),
    sample([*product(["day", "drift", "hostile"], ["light", "dark"])], 3),
)
def test_axe_finds_no_barrier(show: Open, scheme: str, what: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    made = {"day": lambda: (pages.day(), None), "drift": pages.drifted, "hostile": pages.hostile}
    shown = show(*made[what](), color_scheme=scheme)
    if what == "day":
        shown.page.click("#edges summary")
    shown.page.click("footer summary")
    shown.settle()
    found = axe.run(shown.page).response["violations"]
    said = [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found]
    assert said == []


def test_the_switch_changes_the_colours(day: Opened) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = day.page.evaluate(ground)
    assert day.text("#theme") == "Dark"
    day.page.click("#theme")
    assert day.page.evaluate(ground) != light
    assert day.page.get_attribute("#theme", "aria-label") == "Switch to light colours"


def test_headings_and_landmarks_lead_through_the_page(day: Opened) -> None:
    count = day.page.locator
    assert count("h1").count() == count("main").count() == count("header").count() == 1
    assert count("section[aria-labelledby], article[aria-labelledby]").count() == 5
    day.page.keyboard.press("Tab")
    assert day.page.evaluate("document.activeElement.className") == "skip"
    assert count("#change table caption").count() == 1
    assert count("#change tbody th[scope=row]").count() > 0
