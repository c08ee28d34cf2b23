"""What reviewers read: the guide of the sheet, names of columns, reasons. Chinese first."""

from classifier.labels import Label
from classifier.review.pick import Why

WHY = {
    Why.RANDOM: "随机抽取 drawn at random",
    Why.UNSURE: "机器没把握 the machine is unsure",
    Why.RULES: "规则与模型看法不同 rules and model differ",
    Why.MIXED: "同批信息判断不一 copies judged differently",
    Why.SIZE: "按批次大小 by number of copies",
}

HIDDEN = "先不显示 not shown"
"""Stands for the classifier's answer where it could sway the reviewer."""

LABELS_ZH = {
    Label.UNRELATED: "不是催收：贷款广告、验证码、快递、聊天、已还款回执、讲催收的文章，以及转述他人遭遇的求助。",
    Label.LAWFUL_REMINDER: "是催收，但没有下面三种行为：说明欠款和期限、"
    "要求还款或联系、如实说明滞纳金、上报征信、依法起诉。语气强硬仍属合法。",
    Label.THIRD_PARTY_HARASSMENT: "收信人不是欠款人，却被告知欠款或被要求代还、转告施压；"
    "或者扬言联系、通知家人、同事、单位、村委、邻居、通讯录。",
    Label.THREAT: "扬言加害：暴力、上门闹事、轰炸电话、断送工作学业；或以拘留、"
    "坐牢、通缉、刑事立案、冻结全部账户、影响子女等吓人，或冒充公检法。",
    Label.DEFAMATION: "辱骂、贬损（老赖、骗子、畜生）、P图、公开曝光、张贴名单照片。",
}
LABELS_EN = {
    Label.UNRELATED: "No collection message: loan adverts, codes, parcels, chat,"
    " receipts, articles and stories about collection.",
    Label.LAWFUL_REMINDER: "A collection message with none of the three acts: facts, a request to pay or call, lawful "
    "consequences named plainly (fees, credit record, a suit). Firm is still lawful.",
    Label.THIRD_PARTY_HARASSMENT: "The receiver is not the debtor and is told of the debt or pressed; or it announces "
    "contacting family, colleagues, employer, village, neighbours, contacts.",
    Label.THREAT: "Announces harm (violence, menacing visits, endless calls, loss of job or school), or frightens with "
    "arrest, prison, a criminal case, freezing every account, or poses as an authority.",
    Label.DEFAMATION: "Insults or degrades, doctored photos, public shaming and lists.",
}

STEPS = (
    (
        "只看信息本身写了什么，不猜发信人是谁、事情真假。一条信息一行。",
        "Judge what the text says, not who sent it or whether it is true. One message a row.",
    ),
    (
        "第一问：是催收信息吗（向欠款人或别人提到应还、逾期的债务）？不是，选“非催收信息”。",
        "First: is it a collection message (a debt due or overdue, to the debtor or anyone)? If not: unrelated.",
    ),
    (
        "第二问：有没有下面三种行为？有几种选几种的组合；一种也没有，选“合法提醒”。",
        "Second: which of the three acts does it carry? Choose the combination; if none: lawful_reminder.",
    ),
    (
        "在“您的判断”一列的下拉列表中选一项。拿不准就选“拿不准”，并在备注里写原因。",
        "Choose from the list in the column “answer”. If you cannot say, choose unsure and note why.",
    ),
    (
        "请独立判断：不要互相商量，也不要迁就机器的判断。随机抽取的信息不显示机器判断。",
        "Judge alone: do not confer, and do not follow the machine. Its answer is not shown for random rows.",
    ),
    (
        "在“标注人”一列写您的姓名或代号（填一次，向下拖动即可）。",
        "Put your name or a code into the column “annotator” (fill it down).",
    ),
    (
        "不要改动“信息”和“ref”两列；可以整行排序或筛选。信息涉及隐私，请勿转发。",
        "Leave the columns text and ref as they are; whole rows may "
        "be sorted. Messages are private: do not pass them on.",
    ),
    (
        "变体写法（还kuan、通*讯*录、立án）按读出来的意思判断。〔姓名〕〔手机号〕是隐去的内容。",
        "Disguised writing has the label of what it reads as. 〔姓名〕 and the like stand for what was taken out.",
    ),
)

EDGES = (
    (
        "只请转告回电，没提欠款：合法提醒；提到欠款、逾期、贷款：骚扰第三方。",
        "“Ask him to call”: lawful; one word of the debt: third party.",
    ),
    (
        "只说“再不还就联系你通讯录”：骚扰第三方；再加“让你全家不得安宁”：同时威胁恐吓。",
        "Only announcing contact: third party; harm beyond it: threat too.",
    ),
    (
        "平和地说“将安排人员上门核实”：合法提醒；“再不还就上门”：威胁恐吓；去单位、村里：骚扰第三方。",
        "A calm notice of a visit: lawful; a curt ultimatum: threat; to employer or village: third party.",
    ),
    (
        "写明法院、起诉、仲裁的立案：合法提醒；不说是谁立案，或报案、移交公安：威胁恐吓。",
        "A case at a named court: lawful; 立案 by nobody, or the police: threat.",
    ),
    (
        "要公开照片：威胁恐吓+侮辱诽谤；发给通讯录：三种都选。",
        "Publishing a photo: threat+defamation; to contacts: all three.",
    ),
    (
        "“后果自负”本身：合法提醒；带人身威胁的最后通牒：威胁恐吓。",
        "后果自负 alone: lawful; an ultimatum with a menace: threat.",
    ),
)
"""Edge cases of the codebook that reviewers meet most."""
