#pragma warning disable
