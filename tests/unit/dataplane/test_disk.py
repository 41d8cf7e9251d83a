"""Files that are replaced as a whole, lines that are read as they come, ports of others."""

from pathlib import Path

from roadstead.dataplane.disk import Disk
from roadstead.dataplane.ports import LOOPBACK, taken_ports
from roadstead.dataplane.tail import Tail


def a_disk(path: Path) -> Disk:
    disk = Disk(path / "dataplane")
    disk.prepare()
    return disk


def test_a_file_is_written_only_if_it_is_another(tmp_path: Path) -> None:
    disk = a_disk(tmp_path)
    path = Path(disk.files.endpoints("web"))
    assert disk.put(path, b"1")
    inode = path.stat().st_ino
    assert not disk.put(path, b"1")
    assert not a_disk(tmp_path).put(path, b"1")
    assert path.stat().st_ino == inode
    assert disk.put(path, b"2")
    assert path.read_bytes() == b"2"
    assert path.stat().st_ino != inode, "it is replaced, not written to"
    assert list(Path(disk.files.staging).iterdir()) == []


def test_what_is_removed_leaves_no_directory(tmp_path: Path) -> None:
    disk = a_disk(tmp_path)
    path = Path(disk.files.routes("web"))
    disk.put(path, b"1")
    disk.remove(path)
    assert not path.parent.exists()
    assert path.parent.parent.exists()
    assert disk.put(path, b"1")


def test_leftovers_go(tmp_path: Path) -> None:
    disk = a_disk(tmp_path)
    for name in ("old", "new"):
        disk.put(disk.files.endpoints(name), b"1")
    disk.keep_only("endpoints", ["new"])
    assert [each.name for each in (tmp_path / "dataplane" / "endpoints").iterdir()] == ["new"]


def test_what_a_killed_server_staged_goes(tmp_path: Path) -> None:
    staging = Path(a_disk(tmp_path).files.staging)
    (staging / "roadstead-trial-1.json").write_text("{}")
    a_disk(tmp_path)
    assert list(staging.iterdir()) == []


def test_nobody_else_reads_the_keys(tmp_path: Path) -> None:
    disk = a_disk(tmp_path)
    disk.put(disk.files.key("web"), b"secret")
    assert Path(disk.files.key("web")).stat().st_mode & 0o7777 == 0o640
    assert Path(disk.files.root).stat().st_mode & 0o7777 == 0o700


def test_private_keys_that_nothing_needs_go(tmp_path: Path) -> None:
    disk = a_disk(tmp_path)
    for name in ("wanted", "served", "gone"):
        disk.put(disk.files.certificate(name), b"certificate")
        disk.put(disk.files.key(name), b"secret")
    disk.keep_certificates(["wanted"], {"web": {"filename": str(disk.files.key("served"))}})
    kept = {each.name for each in Path(disk.files.certificates).iterdir()}
    assert kept == {"wanted.crt", "wanted.key", "served.key"}


def test_a_tail_gives_whole_lines_once(tmp_path: Path) -> None:
    path = tmp_path / "log"
    tail = Tail(path)
    assert tail.lines() == []
    path.write_bytes(b"one\ntw")
    assert tail.lines() == [b"one"]
    with path.open("ab") as file:
        file.write(b"o\n")
    assert tail.lines() == [b"two"]
    path.rename(tmp_path / "log.1")
    path.write_bytes(b"three\n")
    assert tail.lines() == [b"three"]
    tail.skip()
    assert tail.lines() == []


def test_a_port_is_taken_where_it_covers_the_loopback_address(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    head = "  sl  local_address rem_address   st\n"
    rows = (
        ("0100007F:0050", "0A"),  # 127.0.0.1:80
        ("00000000:0016", "0A"),  # 0.0.0.0:22
        ("0500000A:1F90", "0A"),  # 10.0.0.5:8080
        ("0100007F:1F91", "01"),  # a connection
    )
    table.write_text(
        head + "".join(f"   0: {address} 00000000:0000 {state}\n" for address, state in rows)
    )
    assert taken_ports(LOOPBACK, (table, tmp_path / "none")) == {80, 22}
