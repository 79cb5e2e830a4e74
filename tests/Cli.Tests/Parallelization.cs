// The tests share the process's environment variables.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
