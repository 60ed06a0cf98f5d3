"""The system calls that a program may make, with their numbers on x86_64 and on 64-bit ARM.

All others fail with EPERM: starting programs and processes, sockets, signals to others, tracing, mounting, keys, memory
files, io_uring. Calls in `_GUARDED` are allowed for some arguments; see seccomp.py.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass

# name:x86_64:aarch64; "-" where the architecture has no such call.
_PLAIN = """
    read:0:63 write:1:64 readv:19:65 writev:20:66 pread64:17:67 pwrite64:18:68 preadv:295:69 pwritev:296:70 lseek:8:62
    open:2:- openat:257:56 close:3:57 close_range:436:436 stat:4:- fstat:5:80 lstat:6:- newfstatat:262:79
    statx:332:291 statfs:137:43 fstatfs:138:44 access:21:- faccessat:269:48 faccessat2:439:439 getcwd:79:17
    chdir:80:49 fchdir:81:50 readlink:89:- readlinkat:267:78 getdents:78:- getdents64:217:61 mkdir:83:- mkdirat:258:34
    rmdir:84:- unlink:87:- unlinkat:263:35 rename:82:- renameat:264:38 renameat2:316:276 link:86:- linkat:265:37
    symlink:88:- symlinkat:266:36 truncate:76:45 ftruncate:77:46 fallocate:285:47 fadvise64:221:223 chmod:90:-
    fchmod:91:52 fchmodat:268:53 utime:132:- utimes:235:- futimesat:261:- utimensat:280:88 umask:95:166 fsync:74:82
    fdatasync:75:83 sendfile:40:71 copy_file_range:326:285 dup:32:23 dup2:33:- dup3:292:24 pipe:22:- pipe2:293:59
    poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21
    epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 recvfrom:45:207 recvmsg:47:212
    shutdown:48:210 getsockname:51:204 getpeername:52:205 getsockopt:55:209 mmap:9:222 mprotect:10:226 munmap:11:215
    mremap:25:216 madvise:28:233 msync:26:227 brk:12:214 mincore:27:232 futex:202:98 set_robust_list:273:99
    get_robust_list:274:100 rseq:334:293 sched_yield:24:124 sched_getaffinity:204:123 sched_getparam:143:121
    sched_getscheduler:145:120 getcpu:309:168 membarrier:324:283 set_tid_address:218:96 clock_gettime:228:113
    clock_getres:229:114 clock_nanosleep:230:115 nanosleep:35:101 gettimeofday:96:169 time:201:- times:100:153
    getrusage:98:165 sysinfo:99:179 uname:63:160 getpid:39:172 gettid:186:178 getppid:110:173 getuid:102:174
    geteuid:107:175 getgid:104:176 getegid:108:177 getgroups:115:158 getresuid:118:148 getresgid:120:150 getpgrp:111:-
    getpgid:121:155 getsid:124:156 getrandom:318:278 getpriority:140:141 getrlimit:97:163 setrlimit:160:164
    rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137
    rt_sigsuspend:130:133 sigaltstack:131:132 pause:34:- alarm:37:- setitimer:38:103 getitimer:36:102
    restart_syscall:219:128 exit:60:93 exit_group:231:94 wait4:61:260 waitid:247:95
"""
_GUARDED = """
    flock:73:32 fcntl:72:25 ioctl:16:29 prlimit64:302:261 prctl:157:167 socketpair:53:199 sendto:44:206 clone:56:220
    clone3:435:435 kill:62:129 tgkill:234:131
"""
_OF_SERVERS = "pidfd_open:434:434 setsid:112:157"


@dataclass(frozen=True)
class Architecture:
    """An architecture: its audit number, allowed calls, guarded calls by name, and the number of pivot_root.

    `server`: further calls of a process that starts others.
    """

    audit: int
    plain: frozenset[int]
    server: frozenset[int]
    guarded: Mapping[str, int]
    pivot_root: int


def _numbers(table: str, column: int) -> dict[str, int]:
    rows = [row.split(":") for row in table.split()]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def architecture() -> Architecture | None:
    """This machine's architecture; None if its call numbers are not listed here."""
    known = {"x86_64": (1, 0xC000003E, 155), "aarch64": (2, 0xC00000B7, 41)}
    if platform.machine() not in known:
        return None
    column, audit, pivot_root = known[platform.machine()]
    plain = frozenset(_numbers(_PLAIN, column).values())
    server = frozenset(_numbers(_OF_SERVERS, column).values())
    return Architecture(audit, plain, server, _numbers(_GUARDED, column), pivot_root)
