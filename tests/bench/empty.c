/* What every start is measured against: a program that does nothing. */
int main(void)
{
        return 0;
}
