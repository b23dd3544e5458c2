"""Times and counts of T.30 (fax.md section 3), in seconds."""

T0_S = 60.0  # the caller waits for any answer signal
T1_S = 35.0  # identification: DIS is repeated, or waited for, no longer
T2_S = 6.0  # the receiver waits for a command
IMAGE_WAIT_S = T2_S + 1.6  # an image is heard of only when its training, 1.4 s at the longest, is understood
T4_S = 3.0  # the sender waits for an answer, then repeats its command
T5_S = 60.0  # the sender's whole patience with a receiver that is not ready
FLAGGED_S = 3.0  # once flags are heard: to complete a frame
DROPPED_S = 0.2  # after a burst of V.21 that nobody understood: before anything is done
N_TRIES = 3  # of a command

T4_MARGIN_S = 0.5  # a far end's T4 may be 15 % short, and our answer must have begun by then
IMAGE_STALLS_S = 6.0  # an image of which nothing comes any more, and not its end
SENDING_MARGIN_S = 15.0  # beyond what the octets take: a modem that has not said `Sent` by then never will
MAX_SESSION_S = 30 * 60.0  # reliability-security.md section 9
MAX_PAGES = 100
GOODBYE_S = 30.0  # of the session, kept for taking leave
PAGE_NOT_READY_S = 20.0  # a far end that has confirmed the training waits no longer for a page of ours anyway
# T4, a little longer: after a DCS that was not understood a TCF of 3 s is on the line, into which no DIS shall fall.
DIS_AGAIN_S = 3.4
TCF_WAIT_S = 4.5  # a TCF is over by then, and the sender does not yet repeat itself
KEEP_QUICKLY_S = 1.0  # so long the store may take before a sender with ECM hears RNR
