"""Accuracy of a 15-NN classifier on new rows, from the places of the rows of the model: `score_places.py labels.bin fit.npy
places.npy ...`, pairs of files; a line of JSON."""

import json
import sys

import numpy as np
from sklearn.neighbors import KNeighborsClassifier


def main():
    labels = np.fromfile(sys.argv[1], dtype=np.uint8)
    accuracies = []
    for fit, places in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        embedding, found = np.load(fit), np.load(places)
        rows = len(embedding)
        classifier = KNeighborsClassifier(15).fit(embedding, labels[:rows])
        accuracies.append(float((classifier.predict(found) == labels[rows : rows + len(found)]).mean()))
    print(json.dumps(accuracies))


if __name__ == "__main__":
    main()
