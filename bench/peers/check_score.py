"""Holds score.py against test/fixtures/quality.json (scikit-learn's numbers): python bench/peers/check_score.py"""

import json
from pathlib import Path

import numpy as np
from score import Judge

FIXTURES = Path(__file__).resolve().parents[2] / "test" / "fixtures"
# scikit-learn orders the equal distances of the digits as its sort leaves them.
TOLERANCE = {"blobs": 1e-12, "digits": 1e-4}

digits = np.fromfile(FIXTURES.parents[1] / "datasets" / "digits.u8", np.uint8)[: 1797 * 64].reshape(1797, 64)
for case in json.loads((FIXTURES / "quality.json").read_text())["cases"]:
    points = np.array(case["points"], np.float32) if "points" in case else digits[case["digits_rows"]]
    embedding, labels = np.array(case["embedding"], np.float32), np.array(case["labels"])
    for expected in case["scores"]:
        [found] = Judge(points, labels, np.arange(len(points)), expected["k"]).score([embedding])
        for measure, value in found.items():
            assert abs(value - expected[measure]) <= TOLERANCE[case["name"]], (case["name"], measure, value, expected)
print("score.py agrees with the fixture")
