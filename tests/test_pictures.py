"""What pages say of the course's images, and the smaller files that are made from them."""

import os
import re
from functools import cache
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageCms, ImageDraw

from sitegen import shrinking
from sitegen.course.figures import describe_picture
from sitegen.folders import pictures
from sitegen.folders.pictures import Darkroom
from sitegen.model import Picture
from tests.support import build_folder, main_of, run_sitegen, told, write_course


@cache
def photo(width=700, height=500, mode="RGB", **options) -> bytes:
    """Something with the detail of a photo: a JPEG whose smaller versions are worth it."""
    size = (width // 4, height // 4)
    noise = Image.frombytes("L", size, Random(1).randbytes(size[0] * size[1]))
    image = noise.resize((width, height)).convert(mode)
    return saved(image, "JPEG", quality=92, **options)


def drawing(width=700, height=350, mode="RGBA") -> Image.Image:
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for number in range(30):
        pen.line((number * 25, 0, width - number * 20, height), fill=(number * 4, 0, 200, 255), width=3)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    content = BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def page(tmp_path, files, text=""):
    text = text or "\n\n".join(f"![{name}](<{name}>)" for name in files)
    write_course(
        tmp_path, {"content/notes.md": text, **{f"content/{name}": content for name, content in files.items()}}
    )
    return build_folder(tmp_path, darkroom=Darkroom(tmp_path))


def images(built, path="notes/index.html"):
    return re.findall(r"<img[^>]*>", main_of(built.files[path]))


def made(built):
    return {path: asset for path, asset in built.files.items() if re.search(r"-[0-9a-f]{8}-\d+\.webp$", path)}


def look(content) -> Image.Image:
    with Image.open(content if hasattr(content, "parent") else BytesIO(content)) as image:
        image.load()
        return image


def open_made(built, width):
    (asset,) = (asset for path, asset in made(built).items() if path.endswith(f"-{width}.webp"))
    return look(asset.location)


# --- what pages write ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("picture", "given", "place", "written"),
    [
        (Picture(40, 20), set(), {}, ' width="40" height="20" loading="lazy" decoding="async"'),
        (Picture(40, 20), set(), {"is_first": True}, ' width="40" height="20" decoding="async"'),
        (Picture(40, 20), {"width"}, {"is_first": True}, ' decoding="async"'),
        (Picture(0, 0), {"loading", "decoding"}, {}, ""),
        (
            Picture(2000, 10, (("a/ring, red-640.webp", 640),)),
            {"loading", "decoding", "height"},
            {},
            ' srcset="../a/ring%2C%20red-640.webp 640w" sizes="(min-width:45em) 40em,95vw"',
        ),
        (
            Picture(9, 9, (("r-640.webp", 640), ("r-1280.webp", 1280))),
            {"width", "loading", "decoding"},
            {"is_slide": True},
            ' srcset="../r-640.webp 640w,../r-1280.webp 1280w" sizes="100vw"',
        ),
        (Picture(9, 9, (("r-640.webp", 640),)), {"srcset", "width", "loading", "decoding"}, {}, ""),
    ],
)
def test_attributes_of_an_image(picture, given, place, written):
    place = {"is_first": False, "is_slide": False, **place}
    assert describe_picture(picture, given, "notes/index.html", **place) == written


def test_an_image_has_its_size_and_all_but_the_first_wait(tmp_path):
    built = page(
        tmp_path, {"a.png": saved(Image.new("RGB", (30, 20)), "PNG"), "b.png": saved(Image.new("L", (5, 9)), "PNG")}
    )
    assert told(built) == ""
    assert images(built) == [
        '<img alt="a.png" src="../a.png" width="30" height="20" decoding="async">',
        '<img alt="b.png" src="../b.png" width="5" height="9" loading="lazy" decoding="async">',
    ]


def test_an_image_in_html_has_its_size_and_keeps_what_the_author_gave(tmp_path):
    files = {"a.png": saved(Image.new("RGB", (30, 20)), "PNG")}
    text = '<img src="a.png" alt="A">\n\n<div><img width="15" src="a.png" alt="A" loading="eager"></div>\n'
    assert images(page(tmp_path, files, text)) == [
        '<img src="../a.png" alt="A" width="30" height="20" decoding="async">',
        '<img width="15" src="../a.png" alt="A" loading="eager" decoding="async">',
    ]


def test_an_image_that_is_missing_or_elsewhere_is_told_as_before(tmp_path):
    files = {"ring.png": saved(Image.new("RGB", (30, 20)), "PNG")}
    built = page(tmp_path, files, "![a](Ring.png)\n\n![b](rings.png)\n")
    assert [line for line in told(built).splitlines() if line.startswith(("content", "  help"))] == [
        'content/notes.md:1:6: error[broken-link]: "Ring.png" differs from the file\'s name only in upper and lower case; '
        "published, it would be missing.",
        '  help: Write "ring.png".',
        'content/notes.md:3:6: error[broken-link]: "rings.png" leads to content/rings.png, which isn\'t in the course.',
        '  help: Did you mean "ring.png"?',
    ]


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>', 'width="40" height="30"'),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"/>', 'width="1000" height="500"'),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2000 100"/>', 'width="2000" height="100"'),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', ""),
    ],
    ids=["size", "view box", "large view box", "nothing"],
)
def test_a_drawing_in_svg_has_the_size_that_browsers_give_it(tmp_path, svg, size):
    built = page(tmp_path, {"a.svg": svg})
    assert told(built) == ""
    assert made(built) == {}
    assert images(built) == [" ".join(filter(None, ('<img alt="a.svg" src="../a.svg"', size, 'decoding="async">')))]


# --- smaller files ------------------------------------------------------------------------------


def test_a_photo_has_smaller_files_beside_it(tmp_path):
    built = page(tmp_path, {"lectures/grüße 1.jpg": photo(3000, 2000)}, "![A](<lectures/grüße 1.jpg>)")
    assert told(built) == ""
    (shown,) = images(built)
    names = list(made(built))
    assert [re.sub(r"lectures/grüße 1-[0-9a-f]{8}-(\d+)\.webp", r"\1", name) for name in names] == [
        "640",
        "1280",
        "1920",
    ]
    assert re.search(r'srcset="\.\./lectures/gr%C3%BC%C3%9Fe%201-[0-9a-f]{8}-640\.webp 640w,', shown)
    assert 'width="3000" height="2000"' in shown
    assert [look(asset.location).size for asset in made(built).values()] == [(640, 427), (1280, 853), (1920, 1280)]
    assert "lectures/grüße 1.jpg" in built.files


def test_what_is_not_worth_it_is_not_made(tmp_path):
    files = {
        "tiny.jpg": photo(60, 40),
        "flat.png": saved(Image.new("RGB", (900, 300)), "PNG"),
        "fine.webp": saved(look(photo()), "WEBP", quality=30),
    }
    built = page(tmp_path, files)
    assert told(built) == ""
    assert [path for path in made(built) if not path.startswith("fine")] == []
    assert all(asset.size <= 0.9 * len(files["fine.webp"]) for asset in made(built).values())


def test_the_original_closes_the_list_when_nothing_as_wide_was_worth_it(tmp_path, monkeypatch):
    monkeypatch.setattr(shrinking, "WORTH", 0.5)
    built = page(tmp_path, {"a.jpg": photo(1200, 800)})
    assert re.search(r"srcset=\"\.\./a-[0-9a-f]{8}-640\.webp 640w,\.\./a\.jpg 1200w\"", images(built)[0])


def test_a_photo_stands_upright_and_tells_nothing(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    exif[0x8825] = {1: "N", 2: (38.0, 59.0, 1.0), 3: "W", 4: (76.0, 56.0, 1.0)}
    built = page(tmp_path, {"a.jpg": photo.__wrapped__(900, 700, exif=exif)})
    assert 'width="700" height="900"' in images(built)[0]
    smaller = open_made(built, 640)
    assert smaller.size == (640, 823)
    assert not smaller.getexif()
    assert not {"exif", "icc_profile", "xmp"} & smaller.info.keys()
    assert told(built).strip() == (
        "content/a.jpg:1:1: warning[place-in-picture]: content/a.jpg tells where it was taken, and is published with "
        "that.\n  help: Export it without its location."
    )


MODES = {
    "CMYK": lambda: saved(look(photo()).convert("CMYK"), "JPEG", quality=92),
    "grey": lambda: photo(mode="L"),
    "palette, see-through": lambda: saved(drawing().quantize(16), "PNG"),
    "black and white": lambda: saved(
        drawing().convert("L").point(lambda level: 255 * (level > 50)).convert("1"), "PNG", compress_level=0
    ),
    "see-through": lambda: saved(drawing(), "PNG"),
    "grey, see-through": lambda: saved(drawing(mode="LA"), "PNG"),
    "WebP": lambda: saved(look(photo()), "WEBP", quality=95),
    "GIF": lambda: saved(drawing(mode="P"), "GIF"),
}


@pytest.mark.parametrize("kind", MODES)
def test_a_smaller_file_looks_like_its_original(tmp_path, kind):
    content = MODES[kind]()
    with Image.open(BytesIO(content)) as original:
        ending, given = str(original.format).lower().replace("jpeg", "jpg"), original.convert("RGBA")
    built = page(tmp_path, {f"a.{ending}": content})
    assert told(built) == ""
    smaller = look([asset.location for asset in made(built).values()][-1]).convert("RGBA")
    wanted = given.resize(smaller.size)
    for band, other in zip(smaller.split(), wanted.split(), strict=True):
        one, two = band.resize((8, 8), Image.Resampling.BOX), other.resize((8, 8), Image.Resampling.BOX)
        assert max(abs(a - b) for a, b in zip(one.tobytes(), two.tobytes(), strict=True)) <= 24


def test_a_colour_profile_is_applied(tmp_path):
    """What a profile calls red isn't what a file without one calls red: the pixels are converted."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    built = page(tmp_path, {"a.jpg": photo(icc_profile=lab), "b.jpg": photo(icc_profile=b"no profile at all")})
    assert told(built) == ""
    assert len(made(built)) == 4
    assert all("icc_profile" not in look(asset.location).info for asset in made(built).values())


@pytest.mark.parametrize(
    "content",
    [
        lambda: saved(drawing(mode="RGB"), "GIF", save_all=True, append_images=[Image.new("RGB", (700, 350))] * 2),
        lambda: saved(
            drawing(), "WEBP", save_all=True, append_images=[Image.new("RGB", (700, 350))] * 2, lossless=True
        ),
        lambda: saved(Image.new("I;16", (1200, 900), 4000), "PNG"),
        lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
    ],
    ids=["moving GIF", "moving WebP", "16 bits", "one pixel"],
)
def test_some_images_are_left_as_they_are(tmp_path, content):
    content = content()
    with Image.open(BytesIO(content)) as image:
        ending = str(image.format).lower()
    built = page(tmp_path, {f"a.{ending}": content})
    assert told(built) == ""
    assert made(built) == {}
    assert re.search(r'width="\d+" height="\d+"', images(built)[0])


# --- what is told -------------------------------------------------------------------------------


def png_of(width: int, height: int) -> bytes:
    """A PNG whose head says this and whose body is missing."""
    import struct
    import zlib

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


TROUBLES = {
    "cut.jpg": (
        lambda: photo()[:20_000],
        "content/cut.jpg:1:1: warning[broken-picture]: content/cut.jpg can't be read to its end as a JPEG, so parts of it "
        "may be missing.\n  help: Export or download it again.",
    ),
    "page.png": (
        lambda: b"<!doctype html><title>Log in</title>",
        "content/page.png:1:1: warning[broken-picture]: content/page.png is no image that browsers show: it doesn't start "
        "as one.\n  help: Open it to see what it is, and export or download it again.",
    ),
    "empty.gif": (
        lambda: b"",
        "content/empty.gif:1:1: warning[broken-picture]: content/empty.gif is no image that browsers show: it doesn't "
        "start as one.\n  help: Open it to see what it is, and export or download it again.",
    ),
    "really.png": (
        lambda: photo(60, 40),
        "content/really.png:1:1: warning[misnamed-picture]: content/really.png is a JPEG by its bytes.\n"
        "  help: Rename it: content/really.jpg.",
    ),
    "bomb.png": (
        lambda: png_of(60_000, 60_000),
        "content/bomb.png:1:1: warning[large-picture]: content/bomb.png has 60000 × 60000 pixels, more than browsers on "
        "phones can show.\n  help: Make it smaller: 4000 pixels are enough for any screen.",
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_an_image_that_is_none_is_told_and_published_as_it_is(tmp_path, name):
    content, words = TROUBLES[name]
    built = page(tmp_path, {name: content()})
    assert told(built).strip() == words
    assert name in built.files
    assert made(built) == {}


def test_an_image_that_no_page_shows_is_not_looked_at(tmp_path):
    built = page(tmp_path, {"cut.jpg": photo()[:20_000]}, "[the photo](cut.jpg)")
    assert told(built) == ""


# --- remembered ---------------------------------------------------------------------------------


class Forbidden(Exception):
    pass


def test_the_next_build_decodes_nothing_and_gives_the_same(tmp_path, monkeypatch):
    cold = page(tmp_path, {"a.jpg": photo(), "b.png": saved(drawing(), "PNG")})

    def see(content):
        raise Forbidden

    monkeypatch.setattr(pictures, "see_image", see)
    warm = build_folder(tmp_path, darkroom=Darkroom(tmp_path))
    assert warm.files == cold.files
    assert [asset.location.read_bytes() for asset in made(warm).values()]
    os.utime(tmp_path / "content/a.jpg", (1, 1))
    touched = build_folder(tmp_path, darkroom=Darkroom(tmp_path))
    assert made(touched).keys() == made(cold).keys()
    (tmp_path / "content/a.jpg").write_bytes(photo(900, 700))
    with pytest.raises(Forbidden):
        build_folder(tmp_path, darkroom=Darkroom(tmp_path))


def test_the_same_bytes_come_out_wherever_they_are_made(tmp_path):
    content = {"a.jpg": photo(), "b.png": saved(drawing(), "PNG")}
    one, other = page(tmp_path / "one", content), page(tmp_path / "other", content)
    assert made(one).keys() == made(other).keys()
    assert len(made(one)) > 1
    for path, asset in made(one).items():
        assert asset.location.read_bytes() == made(other)[path].location.read_bytes()


def test_what_is_damaged_is_made_anew_and_what_nothing_needs_goes(tmp_path):
    built = page(tmp_path, {"a.jpg": photo()})
    kept = sorted((tmp_path / ".sitegen/cache/pictures").glob("*.webp"))
    whole = [file.read_bytes() for file in kept]
    kept[0].write_bytes(b"RIFF damaged")
    page(tmp_path, {"a.jpg": photo()})
    assert [file.read_bytes() for file in kept] == whole
    assert made(built)
    again = page(tmp_path, {"a.jpg": photo(800, 500)})
    assert not any(file.exists() for file in kept)
    assert made(again)


@pytest.mark.parametrize(
    "remembered", [b"", b"[]", b'{"1": {"content/a.jpg": 5}}', b'{"1": {"content/a.jpg": [[1, 2], {}]}}']
)
def test_a_memory_that_is_not_ours_is_passed_over(tmp_path, remembered):
    remember(tmp_path, remembered)
    assert len(made(page(tmp_path, {"a.jpg": photo()}))) == 2


def remember(course, known: bytes) -> None:
    folder = course / ".sitegen/cache/pictures"
    folder.mkdir(parents=True)
    (folder / pictures.KNOWN).write_bytes(known.replace(b'"1"', f'"{pictures._edition()}"'.encode()))


def test_a_forged_memory_publishes_no_file_of_its_own(tmp_path):
    secret = tmp_path / "secret.webp"
    secret.write_bytes(b"secret")
    forged = (
        b'{"1": {"content/a.jpg": [[1, 2], {"digest": "../../../../secret", "kind": "JPEG", "width": 1, "height": 1, '
        b'"made": [[1, 6, "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"]], "trouble": "", "tells_place": false}]}}'
    )
    remember(tmp_path, forged)
    built = page(tmp_path, {"a.jpg": photo()})
    assert all(asset.location.parent.name == "pictures" for asset in made(built).values())


def test_a_course_that_cannot_be_written_to_shows_originals(tmp_path):
    course = write_course(tmp_path, {"content/a.jpg": photo(), "content/notes.md": "![a](a.jpg)"})
    (course / ".sitegen").write_text("a file where the folder would be")
    built = build_folder(course, darkroom=Darkroom(course))
    assert made(built) == {}
    assert 'width="700" height="500"' in images(built)[0]


def test_the_command_line_publishes_them_with_and_without_a_cache(tmp_path):
    write_course(tmp_path, {"content/a.jpg": photo(), "content/notes.md": "![a](a.jpg)"})
    found = []
    for options in ([], [], ["--no-cache"]):
        result = run_sitegen("build", ".", "--out", "site", "--today", "2026-02-03", *options, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        found.append({file.name: file.read_bytes() for file in (tmp_path / "site").glob("a-*.webp")})
    assert len(found[0]) == 2
    assert found[0] == found[1] == found[2]
