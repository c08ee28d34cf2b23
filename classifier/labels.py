"""The vocabulary of the codebook: labels, signals, and their names in Chinese and English.

Everything that keys a result by label or signal uses these enums; positions in a
list never mean a label.
"""

from enum import StrEnum

CODEBOOK_VERSION = "1"


class Label(StrEnum):
    """The five outcomes. Two are exclusive states, three are acts that can stand together."""

    UNRELATED = "unrelated"
    LAWFUL_REMINDER = "lawful_reminder"
    THIRD_PARTY_HARASSMENT = "third_party_harassment"
    THREAT = "threat"
    DEFAMATION = "defamation"


ACTS: tuple[Label, ...] = (Label.THIRD_PARTY_HARASSMENT, Label.THREAT, Label.DEFAMATION)
"""The three abusive acts, in the order in which tables show them."""

STATES: tuple[Label, ...] = (Label.UNRELATED, Label.LAWFUL_REMINDER)
"""The two exclusive states: what a message is that carries no act."""

COLLECTION = "collection"
"""Name of the score that says whether a text is a collection message at all."""

SCORES: tuple[str, ...] = (COLLECTION, *ACTS)
"""The names of the four scores of a finding."""

LABEL_ZH: dict[Label, str] = {
    Label.UNRELATED: "非催收信息",
    Label.LAWFUL_REMINDER: "合法提醒",
    Label.THIRD_PARTY_HARASSMENT: "骚扰第三方",
    Label.THREAT: "威胁恐吓",
    Label.DEFAMATION: "侮辱诽谤",
}

LABEL_EN: dict[Label, str] = {
    Label.UNRELATED: "not a collection message",
    Label.LAWFUL_REMINDER: "lawful reminder",
    Label.THIRD_PARTY_HARASSMENT: "harassment of third parties",
    Label.THREAT: "threat",
    Label.DEFAMATION: "defamation",
}


class Signal(StrEnum):
    """A tactic that a span of the text shows. Signals explain; they never decide a label."""

    CONTACTS_BLAST = "contacts_blast"
    TOLD_THIRD_PARTY = "told_third_party"
    VIOLENCE = "violence"
    VISIT_MENACE = "visit_menace"
    PHONE_BOMBING = "phone_bombing"
    IMPERSONATE_AUTHORITY = "impersonate_authority"
    FORGED_DOCUMENT = "forged_document"
    FALSE_ARREST = "false_arrest"
    FAMILY_CREDIT = "family_credit"
    CHILD_SCHOOL = "child_school"
    FREEZE_ALL = "freeze_all"
    DOCTORED_PHOTO = "doctored_photo"
    PUBLIC_SHAMING = "public_shaming"
    INSULT = "insult"
    NIGHT_OR_FREQUENT = "night_or_frequent"
    SUSPICIOUS_LINK = "suspicious_link"
    PAY_TO_PERSONAL = "pay_to_personal"


SIGNAL_ZH: dict[Signal, str] = {
    Signal.CONTACTS_BLAST: "联系或群发亲友、单位、村委",
    Signal.TOLD_THIRD_PARTY: "向第三人透露债务",
    Signal.VIOLENCE: "人身威胁",
    Signal.VISIT_MENACE: "上门滋扰",
    Signal.PHONE_BOMBING: "电话短信轰炸",
    Signal.IMPERSONATE_AUTHORITY: "冒充公检法",
    Signal.FORGED_DOCUMENT: "伪造公文",
    Signal.FALSE_ARREST: "以拘捕、刑责恐吓",
    Signal.FAMILY_CREDIT: "牵连家人征信",
    Signal.CHILD_SCHOOL: "牵连子女上学前途",
    Signal.FREEZE_ALL: "扬言冻结全部账户",
    Signal.DOCTORED_PHOTO: "P图、照片要挟",
    Signal.PUBLIC_SHAMING: "公开羞辱、曝光",
    Signal.INSULT: "辱骂",
    Signal.NIGHT_OR_FREQUENT: "深夜或频繁联系",
    Signal.SUSPICIOUS_LINK: "可疑链接或加微信处理",
    Signal.PAY_TO_PERSONAL: "要求向个人账户付款",
}

SIGNAL_EN: dict[Signal, str] = {
    Signal.CONTACTS_BLAST: "contacting or blasting family, contacts, employer, village",
    Signal.TOLD_THIRD_PARTY: "debt disclosed to a third party",
    Signal.VIOLENCE: "threat of violence",
    Signal.VISIT_MENACE: "menacing visit",
    Signal.PHONE_BOMBING: "phone or SMS bombing",
    Signal.IMPERSONATE_AUTHORITY: "posing as police, court or procuratorate",
    Signal.FORGED_DOCUMENT: "forged official document",
    Signal.FALSE_ARREST: "arrest or criminal charge threatened",
    Signal.FAMILY_CREDIT: "family's credit or name threatened",
    Signal.CHILD_SCHOOL: "children's schooling or career threatened",
    Signal.FREEZE_ALL: "freezing of every account threatened",
    Signal.DOCTORED_PHOTO: "doctored or private photos",
    Signal.PUBLIC_SHAMING: "public shaming or exposure",
    Signal.INSULT: "insult",
    Signal.NIGHT_OR_FREQUENT: "night-time or frequent contact",
    Signal.SUSPICIOUS_LINK: "suspicious link or move to a chat app",
    Signal.PAY_TO_PERSONAL: "payment to a private account",
}

SIGNAL_ACTS: dict[Signal, tuple[Label, ...]] = {
    Signal.CONTACTS_BLAST: (Label.THIRD_PARTY_HARASSMENT,),
    Signal.TOLD_THIRD_PARTY: (Label.THIRD_PARTY_HARASSMENT,),
    Signal.VIOLENCE: (Label.THREAT,),
    Signal.VISIT_MENACE: (Label.THREAT, Label.THIRD_PARTY_HARASSMENT),
    Signal.PHONE_BOMBING: (Label.THREAT,),
    Signal.IMPERSONATE_AUTHORITY: (Label.THREAT,),
    Signal.FORGED_DOCUMENT: (Label.THREAT,),
    Signal.FALSE_ARREST: (Label.THREAT,),
    Signal.FAMILY_CREDIT: (Label.THREAT,),
    Signal.CHILD_SCHOOL: (Label.THREAT,),
    Signal.FREEZE_ALL: (Label.THREAT,),
    Signal.DOCTORED_PHOTO: (Label.THREAT, Label.DEFAMATION),
    Signal.PUBLIC_SHAMING: (Label.DEFAMATION,),
    Signal.INSULT: (Label.DEFAMATION,),
    Signal.NIGHT_OR_FREQUENT: (),
    Signal.SUSPICIOUS_LINK: (),
    Signal.PAY_TO_PERSONAL: (),
}
"""Which acts a signal points to (codebook, "Signals")."""

FRAUD_SIGNALS: frozenset[Signal] = frozenset({Signal.SUSPICIOUS_LINK, Signal.PAY_TO_PERSONAL})
"""Marks of fraud: a plain reminder that carries one always goes to review (codebook)."""
