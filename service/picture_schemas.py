"""What goes over the wire of pictures, for the documentation."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReadMessage(_Told):
    """A message on a picture."""

    text: str
    sender: str = Field(description="as shown")
    time: str = Field(description="as shown")
    own: bool = Field(description="in a bubble of the receiver's own")
    confidence: float = Field(ge=0, le=1, description="how sure the text recognition is of its characters")
    unsure: bool = Field(description="so little that a person must compare it with the picture")


class ReadAnswer(_Told):
    """The messages of a picture, from top to bottom; none where no text was found."""

    sha256: str = Field(description="of the bytes sent")
    engine: str = Field(description="what read it")
    messages: list[ReadMessage]


READ_EXAMPLE: dict[str, Any] = {
    "sha256": "0" * 64,
    "engine": "RapidOCR 3.10.0",
    "messages": [
        {
            "text": "再不还钱，明天就爆你通讯录",
            "sender": "1069 0000 1234",
            "time": "昨天 下午3:45",
            "own": False,
            "confidence": 0.9962,
            "unsure": False,
        }
    ],
}
