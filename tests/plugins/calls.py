"""Calls of a skill, as the dialogue would make them."""

from hub.sdk.intents import CallContext, IntentCall, Target


def call(skill, intent="go", *, target=(), context=None, **slots):
    return IntentCall(
        skill=skill,
        intent=intent,
        slots=slots,
        target=Target(entities=target) if target else None,
        context=context or CallContext(area="kitchen", causes=(11,)),
    )
