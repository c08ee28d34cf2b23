"""What the roles of provisions are called, wherever guidance is shown."""

from classifier.guidance.facts import Role, Text

ROLE = {
    Role.CONDUCT: Text("可能不符合", "may not comply"),
    Role.LAWFUL: Text("债权人依法可以做的", "what a creditor may do"),
    Role.IF_DONE: Text("真的做了才适用", "only if it is really done"),
    Role.RIGHT: Text("可以主张的", "what can be claimed"),
    Role.LIMIT: Text("界限", "a limit"),
    Role.CONTEXT: Text("法律实际怎么说", "what the law really says"),
    Role.PROCEDURE: Text("程序", "procedure"),
    Role.CRIMINAL: Text("刑法，有门槛", "criminal law, with a threshold"),
    Role.THRESHOLD: Text("门槛的依据", "source of the threshold"),
}
