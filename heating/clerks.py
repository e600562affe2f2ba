"""The tasks of the utility's processes on whose decision an act rests."""

from tasks.clerks import Clerk, NoClerkDecided, who_decided

__all__ = ["DECIDE_MANDATE", "VERIFY_READING", "Clerk", "NoClerkDecided", "who_decided"]

VERIFY_READING = "verify-reading"
DECIDE_MANDATE = "decide-mandate"
