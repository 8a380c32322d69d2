"""Draws the data files of docs/benchmarks as SVG.

    pip install matplotlib
    python tools/bridge-bench/plot.py [docs/benchmarks/NAME.json …]

A suite becomes bars of each peer's median time relative to ours, a file of scaling.py its curves; NAME.svg stands beside NAME.json.
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "bridge"  # the same data gives the same file
matplotlib.rcParams["font.size"] = 8
import matplotlib.pyplot as plt

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/benchmarks"
COLOURS = {"ours": "#1b6ca8", "pytorch": "#e07a3f", "torch.compile": "#c44536", "onnxruntime": "#7a9e3f", "openvino": "#8a63a8"}


def save(figure, path):
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def title(report):
    return f"{report['machine']['processor']}, {report['threads']} threads; commit {report['commit']}, {report['date']}"


def draw_suite(report, path):
    """Time relative to ours; each bar is labelled with its milliseconds."""
    results = report["results"]
    figure, axes = plt.subplots(figsize=(7, 0.6 + sum(0.16 * len(each["median_ms"]) + 0.16 for each in results)))
    position, ticks, names = 0, [], []
    for result in results:
        first = position
        for peer, ms in result["median_ms"].items():
            axes.barh(position, result["ratio_to_ours"][peer], color=COLOURS[peer])
            axes.text(result["ratio_to_ours"][peer], position, f" {peer} {ms:g} ms", va="center", fontsize=7)
            position += 1
        ticks.append((first + position - 1) / 2)
        names.append(f"{result['name']}\n{result['precision']}")
        position += 1
    axes.set_yticks(ticks, names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.35 * max(max(each["ratio_to_ours"].values()) for each in results))
    axes.axvline(1, color="black", linewidth=0.5)
    axes.set_xlabel("time relative to ours (median)")
    axes.set_title(title(report), fontsize=8)
    save(figure, path)


def draw_curve(axes, points, value, label, exponent):
    """A curve and, dashed through its last point, what growth by `exponent` would be."""
    sizes = [point["size"] for point in points]
    values = [point[value] for point in points]
    axes.plot(sizes, values, "o-", markersize=3, color=COLOURS["ours"])
    axes.plot(sizes, [values[-1] * (size / sizes[-1]) ** exponent for size in sizes], "--", color="gray", linewidth=0.8, label=f"∝ size^{exponent}")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xlabel(label)
    axes.set_ylabel(value)
    axes.legend()


def draw_scaling(report, path):
    studies = report["studies"]
    figure, axes = plt.subplots(2, 3, figsize=(10, 5.6))
    draw_curve(axes[0, 0], studies["loss"], "ms", "pairs of the contrastive loss, width 512", 2)
    draw_curve(axes[0, 1], studies["loss"], "arena_bytes", "pairs of the contrastive loss, width 512", 1)
    tokens = studies["resampler"]
    axes[0, 2].plot([point["size"] for point in tokens], [point["ms"] for point in tokens], "o-", markersize=3, color=COLOURS["ours"])
    axes[0, 2].set(xlabel="tokens into the resampler", ylabel="ms", xlim=(0, None), ylim=(0, None))
    edges = sorted(studies["tile_edges"], key=lambda point: point["size"])
    axes[1, 0].plot([point["size"] for point in edges], [point["ms"] for point in edges], ".-", color=COLOURS["ours"])
    axes[1, 0].set(xlabel="rows of a projector of width 1024", ylabel="ms", ylim=(0, None))
    names = [point["work"].replace(", ", ",\n") for point in studies["threads"]]
    axes[1, 1].bar(names, [point["speedup"] for point in studies["threads"]], color=COLOURS["ours"])
    axes[1, 1].set(ylabel=f"speed-up of {report['threads']} threads")
    depths = studies["layers"]
    axes[1, 2].plot([point["size"] for point in depths], [point["processor_seconds"] for point in depths], "o-", color=COLOURS["ours"])
    axes[1, 2].set(xlabel="layers of ViT-L/14@336", ylabel="processor seconds to compile", ylim=(0, 1.2 * max(point["processor_seconds"] for point in depths)))
    figure.suptitle(title(report), fontsize=8)
    save(figure, path)


def main():
    files = [pathlib.Path(name) for name in sys.argv[1:]] or sorted(FOLDER.glob("*.json"))
    for file in files:
        report = json.loads(file.read_text())
        if "threads" not in report:
            continue  # of errors, not of times
        draw = draw_scaling if report["suite"] == "scaling" else draw_suite
        draw(report, file.with_suffix(".svg"))


if __name__ == "__main__":
    main()
