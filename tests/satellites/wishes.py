"""What a satellite of the tests wishes for."""

from wyoming.pipeline import PipelineStage, RunPipeline

ALWAYS = RunPipeline(start_stage=PipelineStage.WAKE, end_stage=PipelineStage.TTS, restart_on_end=True).event()


WOKEN = RunPipeline(start_stage=PipelineStage.ASR, end_stage=PipelineStage.TTS, wake_word_name="okay_nabu").event()
