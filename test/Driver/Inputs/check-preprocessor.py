"""Compiles a folder with one preprocessor_config.json after the other: check-preprocessor.py FOLDER.

Wrong fields are refused by message, with status 1 and no file; others are accepted, or refused when a picture comes."""
import json
import pathlib
import shutil
import subprocess
import sys

SIZE = "has to be {{height, width}} or {{shortest_edge}}, each from 1 to 32768, found {}"
REFUSED = [
    ({"image_processor_type": 3}, "image_processor_type is a string, found 3"),
    ({"feature_extractor_type": []}, "feature_extractor_type is a string, found []"),
    ({"size": "224"}, "`size` " + SIZE.format('"224"')),
    ({"size": 0}, "`size` " + SIZE.format(0)),
    ({"size": 1e9}, "`size` " + SIZE.format("1000000000")),
    ({"size": {"height": 8}}, "`size` " + SIZE.format('{"height":8}')),
    ({"size": {"longest_edge": 8}}, "`size` " + SIZE.format('{"longest_edge":8}')),
    ({"size": {"height": 8, "width": -8}}, "`size` " + SIZE.format('{"height":8,"width":-8}')),
    ({"do_resize": True}, "`size` " + SIZE.format("nothing")),
    ({"do_resize": 1}, "`do_resize` is a number, expected true or false"),
    ({"do_center_crop": True}, "`crop_size` " + SIZE.format("nothing")),
    ({"do_center_crop": True, "crop_size": [8, 8]}, "`crop_size` " + SIZE.format("[8,8]")),
    ({"resample": 77}, "`resample` has to be a filter of Pillow, 0 to 5, found 77"),
    ({"resample": "bicubic"}, '`resample` has to be a filter of Pillow, 0 to 5, found "bicubic"'),
    ({"rescale_factor": "1/255"}, "`rescale_factor` is a string, expected a number"),
    ({"do_normalize": True}, "`image_mean` has to be three numbers"),
    ({"image_mean": [0, 0], "image_std": [1, 1, 1]}, "`image_mean` has to be three numbers"),
    ({"image_mean": [0, 0, 0], "image_std": [1, "1", 1]}, "`image_std` has to be three numbers"),
    ({"image_mean": [0, 0, 0], "image_std": [1, 0, 1]}, "`image_std` has a 0"),
]
KIND = "pictures of a `{}` cannot be prepared; --inputs takes pixel values"
UNSUPPORTED = [
    ({"image_processor_type": "TilingImageProcessor"}, KIND.format("TilingImageProcessor")),
    ({"do_pad": True}, "`do_pad` is not supported"),
]
SQUARE = {"height": 32, "width": 32}
ALIKE = [  # each pair gives the same pixel values
    ({"image_processor_type": "ViTImageProcessor", "size": 32},
     {"do_resize": True, "size": SQUARE, "resample": 2, "image_mean": [.5] * 3, "image_std": [.5] * 3}),
    ({"image_processor_type": "IdeficsImageProcessor", "image_size": 32, "image_mean": [0] * 3, "image_std": [1] * 3},
     {"size": SQUARE, "resample": 3}),
    ({"feature_extractor_type": "CLIPFeatureExtractor", "size": 32, "crop_size": 32},
     {"image_processor_type": "CLIPImageProcessorFast", "size": {"shortest_edge": 32}, "crop_size": SQUARE}),
    ({"image_processor_type": "CLIPImageProcessor", "size": None, "crop_size": 32},
     {"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 224}, "crop_size": SQUARE}),
    ({"image_processor_type": "SiglipImageProcessor", "size": SQUARE, "image_std": [1] * 3},
     {"size": SQUARE, "resample": 3, "image_mean": [.5] * 3, "image_std": [1] * 3}),
]
source, folder = pathlib.Path(sys.argv[1]), pathlib.Path("folder")
folder.mkdir()
shutil.copy(source / "config.json", folder)
picture = source / "pictures/0000.png"


def compiled(config):
    (folder / "preprocessor_config.json").write_text(json.dumps(config))
    return subprocess.run(["bridgec", folder, "--entry=encode_image", "-o", "program"], text=True, capture_output=True)


def run(output):
    return subprocess.run(["./program", "encode_image", "--weights", source, "--image", picture, "--output", output],
                          text=True, capture_output=True)


for config, message in REFUSED:
    result = compiled(config)
    expected = f"bridgec: error: folder/preprocessor_config.json: {message}\n"
    assert (result.returncode, result.stderr) == (1, expected), (config, result)
    assert not pathlib.Path("program").exists(), config
for config, message in UNSUPPORTED:
    assert compiled(config).returncode == 0, config
    result = run("bad.safetensors")
    expected = f"program: error: preprocessor_config.json: {message}\n"
    assert (result.returncode, result.stderr) == (1, expected), (config, result)
    assert not pathlib.Path("bad.safetensors").exists(), config
for pair in ALIKE:
    results = []
    for config in pair:
        result = compiled(config)
        assert result.returncode == 0, (config, result)
        result = run("out.safetensors")
        assert result.returncode == 0, (config, result)
        results.append(pathlib.Path("out.safetensors").read_bytes())
    assert results[0] == results[1], pair
print("done")
