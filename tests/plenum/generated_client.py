"""Ten calls with a client that openapi-python-client has made of the description.

    generated_client.py FOLDER URL TOKEN

FOLDER has the package `plenum_client` in it. Each call is made with the generated function, and its answer read into generated types.
"""

import sys

folder, url, token = sys.argv[1:]
sys.path.insert(0, folder)

from plenum_client import AuthenticatedClient  # noqa: E402
from plenum_client.api.activity import list_activity, list_audit  # noqa: E402
from plenum_client.api.conversations import list_conversations, list_messages, send_message  # noqa: E402
from plenum_client.api.events import list_events  # noqa: E402
from plenum_client.api.inbox import count_notifications, list_notifications, read_notifications  # noqa: E402
from plenum_client.api.wallet import read_statement, read_wallet  # noqa: E402
from plenum_client.models import Item, ListAuditSubject, ListAuditTopic, NewMessage, UpTo, Verb  # noqa: E402

client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
calls = 0


def ask(operation, *path, expected=200, **parameters):
    """The answer's body, as generated types."""
    global calls
    calls += 1
    answer = operation.sync_detailed(*path, client=client, **parameters)
    assert answer.status_code == expected, (operation.__name__, answer.status_code, answer.content)
    return answer.parsed


conversations = ask(list_conversations).data
assert conversations, "the admin is in the general room"
general = conversations[0].conversation.id
key = "a-key-of-a-client"
sent = ask(send_message, general, body=NewMessage(text="From a *generated* client"), idempotency_key=key, expected=201)
assert sent.html == "<p>From a <em>generated</em> client</p>", sent
assert ask(list_messages, general).data[-1].id == sent.id

assert all(isinstance(item.verb, Verb) for item in ask(list_activity).data)
audited = ask(list_audit, topic=ListAuditTopic.PEOPLE, subject=ListAuditSubject.PERSON).data
assert audited and all(isinstance(item.verb, Verb) for item in audited), audited

events = ask(list_events).data
assert events and events[0].event.title, events
assert ask(list_notifications, unread=False).data is not None
assert ask(count_notifications) is not None
ask(read_notifications, body=UpTo(up_to=0), expected=204)
assert ask(read_wallet).balances

print(f"{calls} calls")
