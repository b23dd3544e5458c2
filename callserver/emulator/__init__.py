"""An exchange, its subscribers and V.253 modems on ptys: a telephone network without hardware."""
