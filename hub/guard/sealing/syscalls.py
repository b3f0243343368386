"""Numbers of the Linux system calls that a seal speaks of, and the constants of their arguments.

From the kernel's own headers (arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h). A call
that an architecture does not have is left out of its table.
"""

import os
import sys
from typing import Final

from msgspec import Struct

NEWEST: Final = 450
"""The last call of the tables' kernel (6.5), on both architectures; what came later answers "not implemented"."""

_X86_64: Final = """
socket 41 connect 42 accept 43 sendto 44 bind 49 listen 50 socketpair 53 accept4 288 sendmmsg 307
clone 56 fork 57 vfork 58 execve 59 execveat 322 unshare 272 setns 308 clone3 435
io_uring_setup 425 io_uring_enter 426 io_uring_register 427
kill 62 tkill 200 tgkill 234 rt_sigqueueinfo 129 rt_tgsigqueueinfo 297 pidfd_send_signal 424 pidfd_open 434
pidfd_getfd 438 ptrace 101 process_vm_readv 310 process_vm_writev 311 kcmp 312 process_madvise 440
process_mrelease 448 prlimit64 302 setpriority 141 ioprio_set 251 migrate_pages 256 move_pages 279
open 2 creat 85 openat 257 openat2 437 truncate 76 rename 82 mkdir 83 rmdir 84 link 86 unlink 87 symlink 88 chmod 90
fchmod 91 chown 92 fchown 93 lchown 94 utime 132 mknod 133 utimes 235 mkdirat 258 mknodat 259 fchownat 260
futimesat 261 unlinkat 263 renameat 264 linkat 265 symlinkat 266 fchmodat 268 utimensat 280 renameat2 316
setxattr 188 lsetxattr 189 fsetxattr 190 removexattr 197 lremovexattr 198 fremovexattr 199
pivot_root 155 chroot 161 acct 163 mount 165 umount2 166 swapon 167 swapoff 168 quotactl 179 fanotify_init 300
name_to_handle_at 303 open_by_handle_at 304 open_tree 428 move_mount 429 fsopen 430 fsconfig 431 fsmount 432
fspick 433 mount_setattr 442 quotactl_fd 443
syslog 103 personality 135 vhangup 153 modify_ldt 154 adjtimex 159 settimeofday 164 reboot 169 sethostname 170
setdomainname 171 iopl 172 ioperm 173 init_module 175 delete_module 176 clock_settime 227 kexec_load 246 add_key 248
request_key 249 keyctl 250 perf_event_open 298 clock_adjtime 305 finit_module 313 kexec_file_load 320 bpf 321
userfaultfd 323
setuid 105 setgid 106 setpgid 109 setsid 112 setreuid 113 setregid 114 setgroups 116 setresuid 117 setresgid 119
setfsuid 122 setfsgid 123 capset 126
shmget 29 shmat 30 shmctl 31 semget 64 semop 65 semctl 66 msgget 68 msgsnd 69 msgrcv 70 msgctl 71 semtimedop 220
mq_open 240 mq_unlink 241 mq_notify 244 ioctl 16 fcntl 72
memfd_create 319 memfd_secret 447 sched_setparam 142 sched_setscheduler 144 sched_setaffinity 203 sched_setattr 314
seccomp 317 prctl 157 landlock_create_ruleset 444 landlock_add_rule 445 landlock_restrict_self 446
"""

_AARCH64: Final = """
socket 198 socketpair 199 bind 200 listen 201 accept 202 connect 203 sendto 206 accept4 242 sendmmsg 269
clone 220 execve 221 execveat 281 unshare 97 setns 268 clone3 435
io_uring_setup 425 io_uring_enter 426 io_uring_register 427
kill 129 tkill 130 tgkill 131 rt_sigqueueinfo 138 rt_tgsigqueueinfo 240 pidfd_send_signal 424 pidfd_open 434
pidfd_getfd 438 ptrace 117 process_vm_readv 270 process_vm_writev 271 kcmp 272 process_madvise 440
process_mrelease 448 prlimit64 261 setpriority 140 ioprio_set 30 migrate_pages 238 move_pages 239
openat 56 openat2 437 truncate 45 mknodat 33 mkdirat 34 unlinkat 35 symlinkat 36 linkat 37 renameat 38 fchmod 52
fchmodat 53 fchownat 54 fchown 55 utimensat 88 renameat2 276
setxattr 5 lsetxattr 6 fsetxattr 7 removexattr 14 lremovexattr 15 fremovexattr 16
umount2 39 mount 40 pivot_root 41 chroot 51 quotactl 60 acct 89 swapon 224 swapoff 225 fanotify_init 262
name_to_handle_at 264 open_by_handle_at 265 open_tree 428 move_mount 429 fsopen 430 fsconfig 431 fsmount 432
fspick 433 mount_setattr 442 quotactl_fd 443
vhangup 58 personality 92 kexec_load 104 init_module 105 delete_module 106 clock_settime 112 syslog 116 reboot 142
sethostname 161 setdomainname 162 settimeofday 170 adjtimex 171 add_key 217 request_key 218 keyctl 219
perf_event_open 241 clock_adjtime 266 finit_module 273 bpf 280 userfaultfd 282 kexec_file_load 294
setregid 143 setgid 144 setreuid 145 setuid 146 setresuid 147 setresgid 149 setfsuid 151 setfsgid 152 setpgid 154
setsid 157 setgroups 159 capset 91
mq_open 180 mq_unlink 181 mq_notify 184 msgget 186 msgctl 187 msgrcv 188 msgsnd 189 semget 190 semctl 191
semtimedop 192 semop 193 shmget 194 shmctl 195 shmat 196 ioctl 29 fcntl 25
memfd_create 279 memfd_secret 447 sched_setparam 118 sched_setscheduler 119 sched_setaffinity 122 sched_setattr 274
seccomp 277 prctl 167 landlock_create_ruleset 444 landlock_add_rule 445 landlock_restrict_self 446
"""


class Architecture(Struct, frozen=True):
    """A processor's system calls: `audit` is its AUDIT_ARCH value, `numbers` its calls by name."""

    name: str
    audit: int
    numbers: dict[str, int]


def _table(text: str) -> dict[str, int]:
    words = text.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


ARCHITECTURES: Final = {
    "x86_64": Architecture("x86_64", 0xC000003E, _table(_X86_64)),
    "aarch64": Architecture("aarch64", 0xC00000B7, _table(_AARCH64)),
}


def this_architecture() -> Architecture | None:
    """The architecture of this 64-bit Linux process, None where no table fits."""
    if not sys.platform.startswith("linux") or sys.maxsize <= 2**32:  # `platform.architecture` would run a program
        return None
    return ARCHITECTURES.get(os.uname().machine)
