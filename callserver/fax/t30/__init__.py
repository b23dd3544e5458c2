"""
ITU-T T.30, the procedure of Group 3 facsimile: what is said in which order, and what is done when nothing is answered.

No sound, no serial port, no clock: see `sending.SendingTerminal`, `receiving.ReceivingTerminal`.
"""
