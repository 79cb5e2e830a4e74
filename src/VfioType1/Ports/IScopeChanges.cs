namespace Iopf.VfioType1;

/// <summary>Has what an <see cref="IFaultableScope"/> answers for a group changed?</summary>
/// <remarks>Only the posted code asks (E67): an answer of <see cref="IFaultableScope"/> that is none of these never changes behind its back.</remarks>
internal interface IScopeChanges
{
    /// <summary>Counts how often what <see cref="IFaultableScope.ScopeOf"/> answers may have changed for a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>A number that is another one after each change.</returns>
    long GenerationOf(Type1Group group);
}
