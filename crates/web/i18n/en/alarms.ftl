# What is to be done about the traffic log, in the work queue and on the page of the system's health.

alarm-title = Traffic log
alarm-destruction = A destruction waits for two members of staff
alarm-silent = Nothing was heard of machine { $name } for more than { $days } days
