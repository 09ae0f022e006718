"""One run of a comparison played again and told in plain words."""

from __future__ import annotations

from sim.app.trace import TracedTalk
from sim.engines.talk import play
from sim.report.transcript.talk_text import transcript_lines
from sim.report.words.language import ENGLISH, language
from sim.scenario.sampling.source import Source


def told_lines(talk: TracedTalk) -> list[str]:
    """A talk in lines of English."""
    with language(ENGLISH):
        return transcript_lines(talk.transcript, talk.structure, track=talk.format_index)


def tell(source: Source, format_index: int, draw: int, replication: int) -> list[str]:
    """One run of a source, by the position of its format, in lines of English."""
    transcript = play(source, format_index=format_index, draw=draw, replication=replication)
    return told_lines(TracedTalk(transcript, source.structure, format_index))
