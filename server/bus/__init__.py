"""The bus: tells every process what has been committed. A doorbell, never the truth.

base            the promise                           topics     all topics
control         frames between processes              memory     one process
redis           several processes; it is made of
  frame         the signed wire form                  link       two connections and the tasks that live on them
  subscriptions what Redis has to be asked for        outgoing   what waits for Redis
probe           looks at a Redis from outside, for the doctor
"""
