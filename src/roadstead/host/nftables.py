"""nftables in this process, through its own library: no `nft` program is started.

A set of commands is one transaction: all of it takes effect, or none.
"""

import ctypes
from functools import cache

LIBRARY = "libnftables.so.1"
OUTPUT_WITH_HANDLES = 1 << 3
"""Source: nftables/libnftables.h, NFT_CTX_OUTPUT_HANDLE"""


class NftablesError(Exception):
    """The kernel or the library refused; the text is theirs."""


def run(commands: str) -> str:
    """Carry out commands in nft's own language and return what they print.

    Raises: NftablesError when any is refused: then none was carried out.
    """
    library = _library()
    context = library.nft_ctx_new(0)
    if not context:
        raise NftablesError("libnftables could not be started: out of memory, or not permitted.")
    try:
        library.nft_ctx_output_set_flags(context, OUTPUT_WITH_HANDLES)
        library.nft_ctx_buffer_output(context)
        library.nft_ctx_buffer_error(context)
        if library.nft_run_cmd_from_buffer(context, commands.encode()) != 0:
            raise NftablesError(library.nft_ctx_get_error_buffer(context).decode().strip())
        output: bytes = library.nft_ctx_get_output_buffer(context)
        return output.decode()
    finally:
        library.nft_ctx_free(context)


def remove_table(name: str, family: str = "ip") -> None:
    """Remove a table, if there is one."""
    run(f"add table {family} {name}\ndelete table {family} {name}\n")


@cache
def _library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise NftablesError(
            f"{LIBRARY} is missing ({error}). On Debian: apt-get install libnftables1"
        ) from error
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_new.argtypes = [ctypes.c_uint32]
    for name in ("nft_ctx_free", "nft_ctx_buffer_output", "nft_ctx_buffer_error"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    for name in ("nft_ctx_get_output_buffer", "nft_ctx_get_error_buffer"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = ctypes.c_char_p
    library.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
    library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    return library
