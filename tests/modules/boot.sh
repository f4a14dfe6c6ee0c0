# boot.sh FOLDER: starts systemd as the first process of the namespaces that this runs in.
#
# The root is an overlay over this machine's own, kept in memory: what the booted machine writes or
# removes goes with it. FOLDER/root is copied over it. Nothing of this machine starts in there but
# systemd and its journal: no generators, no units but those of FOLDER/root.
set -o errexit -o nounset

# Only there: elsewhere it would take this machine apart.
[ $$ = 1 ] || exit 1

folder=$1
mount --make-rprivate /
mount -t tmpfs -o size=300m tmpfs "$folder/disk"
cd "$folder/disk"
mkdir upper work root
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
cd root

rm -rf etc/fstab etc/systemd/system/* usr/lib/systemd/system/*.wants usr/lib/systemd/system-generators
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs dev
mkdir dev/pts dev/shm dev/mqueue dev/hugepages
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /run/systemd/journal/dev-log dev/log
cp -aT "$folder/root" .

mkdir this-machine
pivot_root . this-machine
cd /
umount -l /this-machine
exec env -i container=other PATH=/usr/bin:/bin /lib/systemd/systemd --unit=multi-user.target
