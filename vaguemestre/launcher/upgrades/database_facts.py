"""Asked as the product's user, who alone may ask: `python -m vaguemestre.launcher.upgrades.database_facts` prints the
major version of PostgreSQL, the database's size in octets and the number of its tables. Standard input names it."""

import sys

import psycopg

QUESTION = """
SELECT current_setting('server_version_num')::int / 10000, pg_database_size(current_database()),
       (SELECT count(*) FROM pg_tables WHERE schemaname = current_schema())
"""

if __name__ == "__main__":
    with psycopg.connect(sys.stdin.read()) as connection:
        print(*connection.execute(QUESTION).fetchone() or ())
