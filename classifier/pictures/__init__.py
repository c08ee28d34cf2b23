"""Pictures into screens: a screenshot as bytes, opened with care and read by an engine on this machine.

`opening` makes pixels of bytes, `engines` makes lines of pixels, `bands` and `turning` take care of long and
of turned pictures, `reading` puts it together, `cache` keeps what was read, `crew` reads many at once, and
`format` makes all of it one more format of `classifier.screens`. Nothing is downloaded, nothing leaves the machine.
"""
