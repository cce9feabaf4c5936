#!/usr/bin/env python3
"""ClickHouse (chdb, in process) on the same log and the same questions as the bench beside this file, without encryption: time,
site, path without its query string, browser id and address.

    clickhouse.py FILE SITE ADDRESS ROUNDS [--skip-index] [--threads 2]

FILE is in `combined` form with the virtual host, of one day. `--skip-index` adds a bloom filter on the address. Prints one
line per figure, `name TAB value`; of times the median of ROUNDS, and the processor's time (user and system) of one round.
`cargo xtask bench traffic` runs it with and without the index, and quotes the better. Compare ratios of one run, never figures
of two.
"""
import argparse
import os
import resource
import statistics
import tempfile
import time

from chdb import session

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("site")
parser.add_argument("address")
parser.add_argument("rounds", type=int)
parser.add_argument("--skip-index", action="store_true")
parser.add_argument("--threads", type=int, default=2)
arguments = parser.parse_args()

MONTHS = "['Jan','Feb','Mar','Apr','May','Jun','Jul','Aug','Sep','Oct','Nov','Dec']"
NUMBERS = "['01','02','03','04','05','06','07','08','09','10','11','12']"
INDEX = ", index by_ip ip type bloom_filter(0.01) granularity 1" if arguments.skip_index else ""


def processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def timed(name, work, rounds=1):
    walls, used = [], processor()
    for _ in range(rounds):
        begun = time.time()
        work()
        walls.append(time.time() - begun)
    print(f"{name}.ms\t{statistics.median(walls) * 1e3:.3f}")
    print(f"{name}.cpu_ms\t{(processor() - used) * 1e3 / rounds:.3f}")


with tempfile.TemporaryDirectory() as folder:
    database = session.Session(folder)
    ask = lambda text: str(database.query(text, "TabSeparated")).strip()
    ask("create database b engine=Atomic")
    ask(f"""create table b.t (ts DateTime codec(Delta(4), ZSTD(3)), site LowCardinality(String) codec(ZSTD(3)),
        path String codec(ZSTD(3)), agent LowCardinality(String) codec(ZSTD(3)), ip IPv6 codec(ZSTD(3)){INDEX})
        engine=MergeTree order by (site, ip, ts)""")
    insert = f"""insert into b.t select
        toDateTime(concat(substring(c5,9,4), '-', transform(substring(c5,5,3), {MONTHS}, {NUMBERS}, '00'), '-',
            substring(c5,2,2), ' ', substring(c5,14,8)), 'UTC'),
        c1, cutQueryString(splitByChar(' ', c7)[2]), c11, toIPv6(c2)
        from file('{os.path.abspath(arguments.file)}', 'CustomSeparated', 'c1 String, c2 String, c3 String, c4 String,
            c5 String, c6 String, c7 String, c8 UInt16, c9 UInt64, c10 String, c11 String')
        settings max_threads={arguments.threads}, max_insert_threads={arguments.threads},
            min_insert_block_size_rows=1048576, format_custom_field_delimiter=' ', format_custom_escaping_rule='CSV'"""
    print(f"version\t{ask('select version()')}")

    def load():
        ask(insert)
        ask("optimize table b.t final")

    timed("ingest", load)
    rows = int(ask("select count() from b.t"))
    size = int(ask("select sum(bytes_on_disk) from system.parts where active and table = 't'"))
    print(f"rows\t{rows}")
    print(f"bytes_per_row\t{size / rows:.4f}")
    day = ask("select min(toDate(ts, 'UTC')) from b.t")
    hour = f"ts >= toDateTime('{day} 14:00:00', 'UTC') and ts < toDateTime('{day} 15:00:00', 'UTC')"
    where = {
        "address": f"ip = toIPv6('{arguments.address}')",
        "site_hour": f"site = '{arguments.site}' and {hour}",
        "logins": "path like '%wp-login%'",
    }
    questions = {
        "address": "select ts, site, path, agent from b.t where ",
        "site_hour": "select ts, ip, path, agent from b.t where ",
        "logins": "select ip, count() from b.t where ",
    }
    for name, text in questions.items():
        # Both must find the same, or the times say nothing.
        print(f"{name}.rows\t{ask('select count() from b.t where ' + where[name])}")
        group = " group by ip" if name == "logins" else ""
        timed(
            name,
            lambda: ask(f"{text}{where[name]}{group} format Null settings max_threads={arguments.threads}"),
            arguments.rounds,
        )
