namespace Iopf.Scenarios.Format;

/// <summary>One operation of the format.</summary>
/// <param name="Name">The value of <c>op</c>.</param>
/// <param name="Family">The heading it is documented under.</param>
/// <param name="About">What it does, as a sentence.</param>
/// <param name="Answers">The results it can have besides "0" and an errno name, or what its number counts; empty if there are none.</param>
/// <param name="Fields">The fields besides <c>op</c>, <c>expect</c> and <c>note</c>.</param>
/// <param name="Reports">The names an <c>expect</c> object may use besides <c>result</c>.</param>
internal sealed record OperationSpec(
    string Name,
    string Family,
    string About,
    string Answers,
    IReadOnlyList<OperationField> Fields,
    IReadOnlyList<string> Reports)
{
    /// <summary>The field of a name.</summary>
    /// <param name="name">The name in the file.</param>
    /// <returns>The field, or <see langword="null"/>.</returns>
    public OperationField? Find(string name)
    {
        foreach (OperationField field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }
}
