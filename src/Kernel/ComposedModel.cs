namespace Iopf.Kernel;

/// <summary>That a container makes hosts, each with a container of its own that answers its ports.</summary>
public sealed class ComposedModel;
