//! Ids of this slice.

base::id_type!(
    /// The id of a service.
    ServiceId,
    "service"
);
base::id_type!(
    /// The id of a task.
    TaskId,
    "task"
);
