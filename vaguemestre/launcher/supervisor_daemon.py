"""supervisord, to which the orphans of its programs come: the next start of a program ends them (`leftovers`)."""

from supervisor import supervisord

from vaguemestre.mailbox.sandbox.parent_death import adopt_orphans

if __name__ == "__main__":
    adopt_orphans()
    supervisord.main()
