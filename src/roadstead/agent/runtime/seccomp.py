"""The system calls that a container may make, in the form an OCI runtime reads.

Every call not named here fails with EPERM, as under Docker's default profile. Only the host's own
architecture is named: the runtime compiles the list once for each one named, and a container
pays for it at every start.

Source: https://docs.docker.com/engine/security/seccomp/ (what the default profile blocks and why)
"""

import platform
from collections.abc import Iterable
from typing import Any

_ARCHITECTURES = {"x86_64": "SCMP_ARCH_X86_64", "aarch64": "SCMP_ARCH_AARCH64"}

_FILES = """
access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat
faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd
getdents getdents64 getxattr inotify_add_watch inotify_init inotify_init1 inotify_rm_watch ioctl
lchown lgetxattr link linkat listxattr llistxattr lremovexattr lseek lsetxattr lstat mkdir mkdirat
mknod mknodat name_to_handle_at newfstatat open openat openat2 pipe pipe2 pread64 preadv preadv2
pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv removexattr rename renameat
renameat2 rmdir sendfile setxattr splice stat statfs statx symlink symlinkat sync sync_file_range
syncfs tee truncate umask unlink unlinkat utime utimensat utimes vmsplice write writev
"""

_MEMORY = """
brk cachestat get_mempolicy_home_node madvise map_shadow_stack membarrier memfd_create memfd_secret
mincore mlock mlock2 mlockall mmap mprotect mremap mseal msync munlock munlockall munmap pkey_alloc
pkey_free pkey_mprotect remap_file_pages process_mrelease
"""

_PROCESSES = """
alarm arch_prctl capget capset execve execveat exit exit_group fork get_robust_list get_thread_area
getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getppid getpriority getrandom
getresgid getresuid getrlimit getrusage getsid gettid getuid kill nanosleep pause pidfd_open
pidfd_send_signal prctl prlimit64 restart_syscall rseq rt_sigaction rt_sigpending rt_sigprocmask
rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_tgsigqueueinfo sched_get_priority_max
sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
seccomp set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setitimer
setpgid setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sigaltstack
signalfd signalfd4 sysinfo tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill uname vfork wait4 waitid
clock_getres clock_gettime clock_nanosleep gettimeofday adjtimex clock_adjtime getcpu
landlock_add_rule landlock_create_ruleset landlock_restrict_self ioprio_get ioprio_set
"""

_TALK = """
accept accept4 bind connect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait
epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 fanotify_mark futex futex_requeue futex_wait
futex_waitv futex_wake getpeername getsockname getsockopt io_cancel io_destroy io_getevents
io_pgetevents io_setup io_submit listen mq_getsetattr mq_notify mq_open mq_timedreceive
mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd poll ppoll pselect6 recvfrom recvmmsg recvmsg
select semctl semget semop semtimedop sendmmsg sendmsg sendto setsockopt shmat shmctl shmdt shmget
shutdown socketpair
"""

_OTHERS = "ptrace process_vm_readv process_vm_writev"

_ALWAYS = " ".join((_FILES, _MEMORY, _PROCESSES, _TALK, _OTHERS)).split()

_WITH_CAPABILITY = {
    "CAP_DAC_READ_SEARCH": "open_by_handle_at",
    "CAP_SYS_ADMIN": """
        bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie mount
        mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname
        sethostname setns syslog umount2 unshare""",
    "CAP_SYS_BOOT": "reboot",
    "CAP_SYS_CHROOT": "chroot",
    "CAP_SYS_MODULE": "delete_module init_module finit_module",
    "CAP_SYS_PACCT": "acct",
    "CAP_SYS_PTRACE": "kcmp pidfd_getfd process_madvise",
    "CAP_SYS_RAWIO": "iopl ioperm",
    "CAP_SYS_TIME": "settimeofday clock_settime",
    "CAP_SYS_TTY_CONFIG": "vhangup",
    "CAP_SYS_NICE": "get_mempolicy mbind set_mempolicy set_mempolicy_home_node",
    "CAP_SYSLOG": "syslog",
    "CAP_BPF": "bpf",
    "CAP_PERFMON": "perf_event_open",
}

_NEW_NAMESPACES = 0x7E020000
"""Flags of clone(2) that make a namespace: for those who may administer the machine."""

_AF_VSOCK = 40
_PERSONALITIES = (0x0, 0x0008, 0x20000, 0x20008, 0xFFFFFFFF)
_EPERM, _ENOSYS = 1, 38


def profile(capabilities: Iterable[str]) -> dict[str, Any]:
    """The `linux.seccomp` member of a container with these capabilities."""
    held = set(capabilities)
    names = set(_ALWAYS)
    for capability, calls in _WITH_CAPABILITY.items():
        if capability in held:
            names.update(calls.split())
    rules: list[dict[str, Any]] = [
        {"names": sorted(names), "action": "SCMP_ACT_ALLOW"},
        _when("socket", 0, _AF_VSOCK, "SCMP_CMP_NE"),
        *(_when("personality", 0, value, "SCMP_CMP_EQ") for value in _PERSONALITIES),
    ]
    if "CAP_SYS_ADMIN" not in held:
        rules.append(_when("clone", 0, _NEW_NAMESPACES, "SCMP_CMP_MASKED_EQ"))
        # clone3 hides its flags in memory; ENOSYS makes the C library fall back on clone.
        rules.append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS})
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": _EPERM,
        "architectures": [_ARCHITECTURES[platform.machine()]],
        "syscalls": rules,
    }


def _when(name: str, index: int, value: int, comparison: str) -> dict[str, Any]:
    argument = {"index": index, "value": value, "op": comparison}
    if comparison == "SCMP_CMP_MASKED_EQ":
        argument["valueTwo"] = 0
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": [argument]}
