namespace Iopf.Exploring;

/// <summary>What one thread does before another may go on.</summary>
/// <param name="Thread">The place of the thread in <see cref="Story.Threads"/>.</param>
/// <param name="What">A point of a schedule: <c>lock CLASS</c>, <c>unlock CLASS</c>, <c>wait NAME</c>, <c>start</c>, or a kernel function.</param>
public readonly record struct StoryStep(int Thread, string What);
