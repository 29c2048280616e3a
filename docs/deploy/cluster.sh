#!/usr/bin/env bash
# Three nodes of Mintmark behind HAProxy, over a PostgreSQL primary with a
# synchronous standby, all on this machine. docs/scale-out.md walks through it.
#
#   cluster.sh up            set everything up, run it, stop it on Ctrl-C
#   cluster.sh status        what runs
#   cluster.sh kill-node N   SIGKILL node N (1 to 3)
#   cluster.sh start-node N  start it again
#   cluster.sh failover      fence the primary, promote the standby
#   cluster.sh rejoin        make the fenced server the new standby
#   cluster.sh down          stop what a killed "up" left behind
#
# CLUSTER_DIR (default var/cluster) keeps keys, logs and process ids; PG_DIR the
# databases (as root: a directory in /var/tmp that belongs to the user postgres,
# whom PostgreSQL then runs as). Ports: CLUSTER_PORT for phones (default 8080),
# the next three for the nodes, PG_PORT and the next for PostgreSQL (default 5441);
# MINTMARK names the program (default bin/mintmark).
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=${CLUSTER_DIR:-var/cluster}
mkdir -p "$dir" && chmod 700 "$dir" && dir=$(cd "$dir" && pwd)
port=${CLUSTER_PORT:-8080}
pgport=${PG_PORT:-5441}
if [ "$(id -u)" -eq 0 ]; then
  pg=${PG_DIR:-/var/tmp/mintmark-cluster-$(printf %s "$dir" | cksum | cut -d' ' -f1)}
  as_pg=(runuser -u postgres --)
else
  pg=${PG_DIR:-$dir/pg}
  as_pg=()
fi
mintmark=${MINTMARK:-$PWD/bin/mintmark}

say() { printf '%s\n' "cluster: $*" >&2; }
fail() { say "$*"; exit 1; }

# find_programs stops with the line that installs what is missing.
find_programs() {
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
  [ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
  PATH=$PATH:/usr/sbin
  local missing=()
  [ -x "$bin/initdb" ] || missing+=(postgresql)
  command -v curl >/dev/null || missing+=(curl)
  command -v haproxy >/dev/null || missing+=(haproxy)
  [ ${#missing[@]} -eq 0 ] || fail "needs ${missing[*]}; on Debian: apt-get install ${missing[*]}"
  [ -x "$mintmark" ] || fail "needs $mintmark; run: make build"
}

running() { [ -s "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null; }

# spawn NAME COMMAND... runs a command in the background under a name.
spawn() {
  local name=$1; shift
  "$@" >>"$dir/$name.log" 2>&1 </dev/null &
  echo $! >"$dir/$name.pid"
}

# end NAME SIGNAL ends a command and waits until it is gone.
end() {
  running "$1" || return 0
  local pid; pid=$(cat "$dir/$1.pid")
  kill "-$2" "$pid" 2>/dev/null || true
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  rm -f "$dir/$1.pid"
}

wait_for() { # wait_for SECONDS COMMAND...
  local tries=$(($1 * 10)); shift
  for _ in $(seq "$tries"); do "$@" >/dev/null 2>&1 && return; sleep 0.1; done
  return 1
}

pg_ctl() { "${as_pg[@]}" "$bin/pg_ctl" "$@" >>"$dir/pg_ctl.log" 2>&1; }
pg_port() { [ "$1" = a ] && echo "$pgport" || echo $((pgport + 1)); }
pg_alive() { pg_ctl status -D "$pg/$1"; }
other() { [ "$1" = a ] && echo b || echo a; }
primary() { cat "$dir/primary"; }
sql() { PGPASSFILE=$dir/pgpass psql -XAtqh 127.0.0.1 -p "$(pg_port "$(primary)")" -U mintmark -d "${2:-mintmark}" -c "$1"; }

pg_settings() { # the settings of server $1, the same on both but for the port
  cat <<CONF
listen_addresses = '127.0.0.1'
port = $(pg_port "$1")
unix_socket_directories = '$pg'
max_connections = 200
wal_level = replica
wal_keep_size = 512MB
max_wal_size = 4GB
synchronous_commit = on
client_connection_check_interval = 2s
CONF
}

pg_start() { pg_ctl start -w -D "$pg/$1" -l "$pg/$1.log"; }

make_primary() {
  say "making a PostgreSQL primary"
  (umask 077; head -c 18 /dev/urandom | base64 | tr '+/' 'ab' >"$dir/pgpassword")
  (umask 077; echo "127.0.0.1:*:*:mintmark:$(cat "$dir/pgpassword")" >"$dir/pgpass")
  mkdir -p "$pg" && chmod 700 "$pg"
  cp "$dir/pgpassword" "$pg/password"
  cp "$dir/pgpass" "$pg/pgpass"
  chmod 600 "$pg/password" "$pg/pgpass"
  [ "$(id -u)" -ne 0 ] || chown -R postgres "$pg"
  "${as_pg[@]}" "$bin/initdb" -D "$pg/a" -U mintmark -A scram-sha-256 --pwfile="$pg/password" \
    --encoding=UTF8 --locale=C.UTF-8 >>"$dir/pg_ctl.log"
  pg_settings a | "${as_pg[@]}" tee -a "$pg/a/postgresql.conf" >/dev/null
  echo a >"$dir/primary"
  pg_start a
  sql "CREATE DATABASE mintmark" postgres
}

make_standby() { # a copy of the primary, of which it is told each commit before the client is
  local p s; p=$(primary); s=$(other "$p")
  say "making server $s a synchronous standby of server $p"
  "${as_pg[@]}" rm -rf "${pg:?}/$s"
  "${as_pg[@]}" env PGPASSFILE="$pg/pgpass" "$bin/pg_basebackup" -R -X stream -c fast -D "$pg/$s" \
    -d "host=127.0.0.1 port=$(pg_port "$p") user=mintmark application_name=standby" >>"$dir/pg_ctl.log" 2>&1
  pg_settings "$s" | "${as_pg[@]}" tee -a "$pg/$s/postgresql.conf" >/dev/null
  pg_start "$s"
  sql "ALTER SYSTEM SET synchronous_standby_names = 'standby'"
  sql "SELECT pg_reload_conf()" >/dev/null
  wait_for 30 in_step || fail "the standby does not follow; see $pg/$s.log"
}

in_step() { [ "$(sql "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")" = 1 ]; }

start_pg() {
  [ -f "$dir/primary" ] || make_primary
  pg_alive "$(primary)" || pg_start "$(primary)"
  local s; s=$(other "$(primary)")
  if [ -f "$pg/$s/standby.signal" ]; then
    pg_alive "$s" || pg_start "$s"
  else
    make_standby
  fi
}

# Both servers are named: whichever takes writes is used.
use_store() {
  export PGPASSFILE=$dir/pgpass
  export MINTMARK_STORE="postgres://mintmark@127.0.0.1:$pgport,127.0.0.1:$((pgport + 1))/mintmark?target_session_attrs=read-write"
}

start_node() {
  running "node$1" && return
  spawn "node$1" "$mintmark" serve --data "$dir/site" --listen "127.0.0.1:$((port + $1))" --trusted-proxies 127.0.0.1/32
}

start_haproxy() {
  sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$port/" -e "s/127\.0\.0\.1:8081/127.0.0.1:$((port + 1))/" \
    -e "s/127\.0\.0\.1:8082/127.0.0.1:$((port + 2))/" -e "s/127\.0\.0\.1:8083/127.0.0.1:$((port + 3))/" \
    docs/deploy/haproxy.cfg >"$dir/haproxy.cfg"
  running haproxy || spawn haproxy haproxy -db -f "$dir/haproxy.cfg"
}

init_site() {
  "$mintmark" store migrate up
  [ -f "$dir/site/config.json" ] && return
  say "making keys"
  (umask 077; "$mintmark" init --json --data "$dir/site" --base-url "http://127.0.0.1:$port" >"$dir/init.json")
  (umask 077; sed -nE 's/.*"admin_token": *"([^"]+)".*/\1/p' "$dir/init.json" >"$dir/admin-token")
  rm -f "$dir/init.json"
}

stop_all() {
  trap - EXIT INT TERM
  say "stopping"
  end haproxy TERM
  for n in 1 2 3; do end "node$n" TERM; done
  for s in b a; do pg_alive "$s" 2>/dev/null && pg_ctl stop -w -m fast -D "$pg/$s"; done
  true
}

up() {
  find_programs
  trap stop_all EXIT
  trap 'exit 130' INT TERM
  start_pg
  use_store
  init_site
  for n in 1 2 3; do start_node "$n"; done
  start_haproxy
  wait_for 60 curl -fsS "http://127.0.0.1:$port/readyz" || fail "no node answers; see $dir/node1.log and $dir/haproxy.log"
  say "phones:      http://127.0.0.1:$port  (HAProxy over nodes on ports $((port + 1)) to $((port + 3)))"
  say "admin token: $dir/admin-token"
  say "PostgreSQL:  server $(primary) is the primary; $(other "$(primary)") its synchronous standby"
  say "stop it with Ctrl-C"
  while running haproxy; do sleep 1; done
}

status() {
  for n in 1 2 3; do running "node$n" && echo "node $n: process $(cat "$dir/node$n.pid")" || echo "node $n: down"; done
  running haproxy && echo "haproxy: process $(cat "$dir/haproxy.pid")" || echo "haproxy: down"
  for s in a b; do pg_alive "$s" && echo "postgresql $s: up" || echo "postgresql $s: down"; done
  echo "primary: $(primary)"
  pg_alive "$(primary)" || return 0
  sql "SELECT 'standby ' || application_name || ': ' || state || ', ' || sync_state FROM pg_stat_replication" || true
}

# failover first makes sure that the old primary is gone and stays so: two
# primaries would both count. The new one has no standby until "rejoin", and is
# told not to wait for one.
failover() {
  local p s; p=$(primary); s=$(other "$p")
  pg_alive "$s" || fail "there is no standby to promote; run: cluster.sh rejoin"
  say "fencing server $p"
  pg_ctl stop -w -m immediate -D "$pg/$p" || true
  ! pg_alive "$p" || fail "server $p still runs; nothing was promoted"
  "${as_pg[@]}" touch "$pg/$p/fenced"
  echo "synchronous_standby_names = ''" | "${as_pg[@]}" tee -a "$pg/$s/postgresql.auto.conf" >/dev/null
  say "promoting server $s"
  pg_ctl promote -w -D "$pg/$s"
  echo "$s" >"$dir/primary"
}

case ${1:-up} in
  up) up ;;
  status) find_programs; status ;;
  kill-node) end "node${2:?which node, 1 to 3}" KILL ;;
  start-node) find_programs; use_store; start_node "${2:?which node, 1 to 3}" ;;
  failover) find_programs; failover ;;
  rejoin) find_programs; make_standby ;;
  down) find_programs; stop_all ;;
  *) sed -n '5,12p' "$0"; exit 2 ;;
esac
