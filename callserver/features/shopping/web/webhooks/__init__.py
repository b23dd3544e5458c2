"""
Messages of changes to other programs.

    letters     what is to be sent where, and what has come of it: in the database
    retries     when it is tried again, and when no more
    signing     how a program knows that a message is ours
    hosts       where messages may go
    courier     sends what is due
    post        one message over the network
"""
